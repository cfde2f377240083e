export { keyLabel } from './chord'
export { useCommands, type Command, type CommandGroup } from './commands'
export { openDialogs, useDialogLayer } from './layers'
export { useShortcuts, type Shortcut } from './shortcuts'
