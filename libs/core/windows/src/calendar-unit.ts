/** Units of calendar windows and of `startOf`; weeks start on Monday (ISO). */
export type CalendarUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year'
