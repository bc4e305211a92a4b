import { parentPort } from 'node:worker_threads'
import { runSeeds, type Campaign } from './campaign.ts'

// One thread of a campaign: seeds in, what became of them out.
parentPort?.on('message', (campaign: Campaign) => {
  void runSeeds(campaign).then((report) => parentPort?.postMessage(report))
})
