export * from './colors'
export * from './dates'
export * from './numbers'
export * from './people'
