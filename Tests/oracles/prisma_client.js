// Stands in for the client of an application with Prisma: prints what a seed script asks of it, a call a line, with the types of
// the values that JSON has no form for.
'use strict'

class Decimal {
  constructor(text) {
    this.text = text
  }
}
const DbNull = Symbol('DbNull')

function shown(value) {
  if (value === DbNull) return 'DbNull'
  if (value === undefined) return 'undefined'
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Date) return `Date(${value.toISOString()})`
  if (value instanceof Decimal) return `Decimal(${value.text})`
  if (Buffer.isBuffer(value)) return `Buffer(${value.toString('hex')})`
  if (Array.isArray(value)) return `[${value.map(shown).join(',')}]`
  if (value !== null && typeof value === 'object') {
    return `{${Object.entries(value).map(([key, inner]) => `${key}:${shown(inner)}`).join(',')}}`
  }
  return JSON.stringify(value)
}

class PrismaClient {
  async $transaction(body, options) {
    console.log(`begin ${shown(options)}`)
    const transaction = new Proxy({}, {
      get: (_, model) => model === '$queryRawUnsafe'
        ? async (...words) => console.log(`query ${shown(words)}`)
        : new Proxy({}, { get: (_, verb) => async (words) => console.log(`${model}.${verb} ${shown(words)}`) }),
    })
    await body(transaction)
    console.log('commit')
  }
  async $disconnect() {}
}

module.exports = { PrismaClient, Prisma: { Decimal, DbNull } }
