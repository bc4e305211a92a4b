import type { EventDefinition } from 'tidewater'

/**
 * An event as its log and its lake have it (semantics A4): every field but the time may be missing, whatever the definition
 * requires now, for an older one may have accepted the record. The door asks for what is required today; a record that is in the
 * log has been through a door, and is never refused for what nobody could know then.
 */
export const asLogged = (event: EventDefinition): EventDefinition => ({
  ...event,
  fields: event.fields.map((field) => (field.name === event.time ? field : { ...field, optional: true })),
})
