import type { Duration } from '@tidewater/base'
import type { EventDefinition } from './definition.ts'
import type { Cells, Fields, Instants, Present } from './field.ts'
import { at, mistake } from './mistake.ts'
import { fieldsOf, present, textLike } from './fields.ts'
import { atMostDays, definitionName, docOf, durationOf, optionsOf } from './options.ts'
import { carrying } from './registry.ts'
import type { Source } from './source.ts'

const WORDS = ['doc', 'fields', 'key', 'time', 'lateness', 'horizon', 'dedupe']
const LATENESS = 600_000
const HORIZON = 86_400_000

/**
 * Defines an event.
 *
 * - `key`: events of one key keep their order; never missing
 * - `time`: when it happened
 * - `lateness`: how long a window waits for stragglers before it counts as closed; 10 minutes unless said
 * - `dedupe`: the field that tells two copies of one event; without it the envelope carries an id of its own
 * - `horizon`: within this span of arrival, copies count once; 24 hours unless said
 */
export const event = <const F extends Fields>(
  name: string,
  definition: {
    doc?: string
    fields: F
    key: Present<Cells<F>>
    time: Instants<Cells<F>>
    lateness?: Duration
    horizon?: Duration
    dedupe?: Present<Cells<F>>
  },
): Source<Cells<F>> => carrying(eventDefinition(name, definition)) as Source<Cells<F>>

const eventDefinition = (name: string, literal: unknown): EventDefinition => {
  definitionName('event', name)
  const options = at(name, () => optionsOf('event', literal, WORDS))
  const fields = fieldsOf(name, options['fields'])
  const key = at(`${name}.key`, () => textLike(present(fields, options['key'])))
  const time = at(`${name}.time`, () => present(fields, options['time']))
  if (time.type.kind !== 'instant')
    throw mistake(
      `${name}.time: '${time.name}' is ${time.type.kind}, the time must be an instant`,
      '',
      `${name}.time`,
    )
  const dedupe =
    options['dedupe'] === undefined
      ? null
      : at(`${name}.dedupe`, () => textLike(present(fields, options['dedupe'])))
  return {
    kind: 'event',
    name,
    doc: at(`${name}.doc`, () => docOf(options)),
    fields,
    key: key.name,
    time: time.name,
    latenessMs: at(`${name}.lateness`, () =>
      atMostDays(durationOf(name, options, 'lateness') ?? LATENESS, 30),
    ),
    horizonMs: at(`${name}.horizon`, () => atMostDays(durationOf(name, options, 'horizon') ?? HORIZON, 30)),
    dedupe: dedupe?.name ?? null,
    madeBy: null,
  }
}
