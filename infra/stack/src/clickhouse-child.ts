// Runs in a process of its own: the native call below never returns, so it holds this process's event loop.
import { DataType, load, open } from 'ffi-rs'

const [, , library, directory, port] = process.argv
if (library === undefined || directory === undefined || port === undefined) {
  throw new Error('usage: clickhouse-child.ts LIBRARY DIRECTORY PORT')
}
const forEver =
  'SYSTEM START LISTEN HTTP; SELECT sleepEachRow(3) FROM system.numbers FORMAT Null SETTINGS max_block_size=1, max_threads=1'
const args = [
  'clickhouse-local',
  `--path=${directory}`,
  `--http_port=${port}`,
  '--listen_host=127.0.0.1',
  `--query=${forEver}`,
]
open({ library: 'chdb', path: library })
load({
  library: 'chdb',
  funcName: 'chdb_query_cmdline',
  retType: DataType.External,
  paramsType: [DataType.I32, DataType.StringArray],
  paramsValue: [args.length, args],
})
