// A real Bluesky on loopback: PLC directory, PDS and AppView of @atproto/dev-env, composed without Redis and Ozone.
// Prints one JSON line with the PDS's address, and ends when stdin does. Needs DB_POSTGRES_URL and TMPDIR.
import { createRequire } from 'node:module'
import net from 'node:net'

// The packages listen on all interfaces; nothing of this test may be reached from outside.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === 'number' || typeof args[0] === 'string') {
    const rest = args.slice(1).filter((one) => typeof one === 'function')
    return listen.call(this, { port: Number(args[0]), host: '127.0.0.1' }, ...rest)
  }
  if (args[0] && typeof args[0] === 'object' && 'port' in args[0]) args[0] = { ...args[0], host: '127.0.0.1' }
  return listen.apply(this, args)
}

const require = createRequire(process.argv[2] + '/')
const { TestPlc, TestPds, TestBsky, mockNetworkUtilities } = require('@atproto/dev-env')
const getPort = async () => {
  const probe = net.createServer()
  await new Promise((done) => probe.listen(0, done))
  const { port } = probe.address()
  await new Promise((done) => probe.close(done))
  return port
}

const plc = await TestPlc.create({})
const [pdsPort, bskyPort] = [await getPort(), await getPort()]
const bsky = await TestBsky.create({
  port: bskyPort,
  plcUrl: plc.url,
  pdsPort,
  repoProvider: `ws://localhost:${pdsPort}`,
  dbPostgresSchema: 'appview',
  dbPostgresUrl: process.env.DB_POSTGRES_URL,
})
const pds = await TestPds.create({
  port: pdsPort,
  didPlcUrl: plc.url,
  bskyAppViewUrl: bsky.url,
  bskyAppViewDid: bsky.ctx.cfg.serverDid,
})
mockNetworkUtilities(pds, bsky)
console.log(JSON.stringify({ pds: pds.url }))

process.stdin.resume()
process.stdin.on('end', async () => {
  await Promise.allSettled([pds.close(), bsky.close(), plc.close()])
  process.exit(0)
})
