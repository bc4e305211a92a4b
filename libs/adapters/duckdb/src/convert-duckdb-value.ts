import { DuckDBTypeId } from '@duckdb/node-api'
import type {
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBTimestampValue,
  DuckDBType,
  DuckDBValue,
} from '@duckdb/node-api'
import type { SqlValue } from '@tidewater/ports'

type Convert = (value: DuckDBValue) => SqlValue

const integer = (value: bigint): number | bigint =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value

/** Floors, so a time before 1970 keeps its millisecond. */
const floorThousandth = (value: bigint): number => {
  const quotient = value / 1000n
  return Number(value % 1000n < 0n ? quotient - 1n : quotient)
}

const plain: Convert = (value) => value as SqlValue
const converters: Readonly<Partial<Record<DuckDBTypeId, Convert>>> = {
  [DuckDBTypeId.BIGINT]: (value) => integer(value as bigint),
  [DuckDBTypeId.UBIGINT]: (value) => integer(value as bigint),
  [DuckDBTypeId.HUGEINT]: (value) => integer(value as bigint),
  [DuckDBTypeId.UHUGEINT]: (value) => integer(value as bigint),
  [DuckDBTypeId.DECIMAL]: (value) => integer((value as DuckDBDecimalValue).value),
  [DuckDBTypeId.TIMESTAMP]: (value) => floorThousandth((value as DuckDBTimestampValue).micros),
  [DuckDBTypeId.TIMESTAMP_TZ]: (value) => floorThousandth((value as DuckDBTimestampValue).micros),
  [DuckDBTypeId.TIMESTAMP_MS]: (value) => Number((value as unknown as { millis: bigint }).millis),
  [DuckDBTypeId.TIMESTAMP_S]: (value) => Number((value as unknown as { seconds: bigint }).seconds) * 1000,
  [DuckDBTypeId.BOOLEAN]: plain,
  [DuckDBTypeId.TINYINT]: plain,
  [DuckDBTypeId.SMALLINT]: plain,
  [DuckDBTypeId.INTEGER]: plain,
  [DuckDBTypeId.UTINYINT]: plain,
  [DuckDBTypeId.USMALLINT]: plain,
  [DuckDBTypeId.UINTEGER]: plain,
  [DuckDBTypeId.FLOAT]: plain,
  [DuckDBTypeId.DOUBLE]: plain,
  [DuckDBTypeId.VARCHAR]: plain,
  [DuckDBTypeId.ENUM]: plain,
  [DuckDBTypeId.SQLNULL]: plain,
}

/** How the cells of one column become JavaScript values; other types (DATE, BLOB…) become their text. */
export function converterFor(type: DuckDBType): Convert {
  if (type.typeId === DuckDBTypeId.LIST) {
    const inner = converterFor((type as unknown as { valueType: DuckDBType }).valueType)
    return (value) => (value as DuckDBListValue).items.map((item) => (item === null ? null : inner(item)))
  }
  if (type.typeId === DuckDBTypeId.STRUCT) {
    const { entryNames, entryTypes } = type as DuckDBStructType
    const inner = entryTypes.map(converterFor)
    return (value) => {
      const { entries } = value as DuckDBStructValue
      return entryNames.map((name, n) => convertedOr(entries[name] ?? null, inner[n]))
    }
  }
  return converters[type.typeId] ?? ((value) => String(value))
}

const convertedOr = (value: DuckDBValue, convert: Convert = plain): SqlValue =>
  value === null ? null : convert(value)
