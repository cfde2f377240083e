import { reactive } from 'vue'

/** The parts of the frame that any page may open. */
export const shell = reactive({
  palette: false,
  shortcuts: false,
  menu: false,
  newBoard: false,
})
