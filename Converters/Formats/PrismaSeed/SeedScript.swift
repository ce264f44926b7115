internal import Bytes
internal import Conversion
internal import Records

/// The script that inserts the rows.
struct SeedScript: Sendable {
  private(set) var bytes: [UInt8] = []

  init(_ plan: DraftPlan, _ sections: SeedSections, isCompressed: Bool) {
    append(Self.head)
    append(isCompressed ? Self.unpacked : Self.plain)
    append("\nconst TABLES = {\n")
    for (model, section) in zip(plan.models, sections.names) {
      bytes += Array("  ".utf8) + quoted(section.bytes) + Array(": ".utf8)
      append(model, plan)
      append(",\n")
    }
    append("}\n")
    append(Self.body)
    if plan.dialect == .postgres { append(sequences: plan) }
    append(Self.end)
  }

  private mutating func append(_ text: String) { bytes += Array(text.utf8) }

  private mutating func append(_ model: DraftModel, _ plan: DraftPlan) {
    guard !model.isIgnored else { return append("null") }
    append("{ model: ")
    bytes += quoted(model.accessor.bytes)
    append(", kinds: {")
    let kinds = model.fields.compactMap { field in Self.word(field).map { (field.name, $0) } }
    for (i, (name, word)) in kinds.enumerated() {
      append(i > 0 ? ", " : " ")
      bytes += quoted(name.bytes)
      append(": '\(word)'")
    }
    append(kinds.isEmpty ? "}, key: [" : " }, key: [")
    append(names: model.key.map { model.fields[$0].name })
    append("], late: [")
    append(names: model.late.sorted().map { model.fields[$0].name })
    append("] }")
  }

  private mutating func append(names: [Name]) {
    bytes += Array(names.map { quoted($0.bytes) }.joined(separator: Array(", ".utf8)))
  }

  /// What has to be done to the values of a field; nil when they are what the client takes.
  private static func word(_ field: DraftField) -> String? {
    switch field.kind {
    case .text, .boolean, .int, .float, .enumeration: nil
    case .bigInt: "bigint"
    case .decimal: "decimal"
    case .timestamp, .instant, .date, .time: "date"
    case .bytes: "bytes"
    case .json: "json"
    case .list(let isLong): isLong ? "bigints" : "list"
    }
  }

  /// Numbers that the database gives out go on behind those of the rows.
  private mutating func append(sequences plan: DraftPlan) {
    for model in plan.models where !model.isIgnored {
      for field in model.fields where field.defaultValue == Array("autoincrement()".utf8) {
        let table = [plan.namespace(of: model), model.schema.localName].compactMap { $0 }.map(Self.identifier)
          .joined(separator: [UInt8(ascii: ".")])
        let column = Self.identifier(field.column.name)
        let select =
          Array("SELECT setval(pg_get_serial_sequence($1, $2), GREATEST((SELECT MAX(".utf8) + column
          + Array(") FROM ".utf8) + Array(table) + Array("), 1))".utf8)
        append("  await tx.$queryRawUnsafe(")
        append(names: [Name(select), Name(Array(table)), field.column.name])
        append(")\n")
      }
    }
  }

  private static func identifier(_ name: Name) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    return [quote] + name.bytes.flatMap { $0 == quote ? [quote, quote] : [$0] } + [quote]
  }

  // MARK: The script

  private static let head = """
    // Inserts the rows of the backup beside this file into the database of schema.prisma, in one transaction:
    //
    //   npx prisma db push
    //   node seed.cjs
    //
    // Tables come in the order of their references. References to rows that come later are filled in at the end.
    'use strict'

    const fs = require('node:fs')
    const path = require('node:path')
    const readline = require('node:readline')
    const zlib = require('node:zlib')
    const { PrismaClient, Prisma } = require('@prisma/client')

    const BATCH = 1000


    """

  private static let plain = """
    function open() {
      return fs.createReadStream(path.join(__dirname, 'backup.json'))
    }

    """
  private static let unpacked = """
    // Only gzip is unpacked here; unpack other compressions before.
    function open() {
      const packed = path.join(__dirname, 'backup.json.gz')
      if (fs.existsSync(packed)) return fs.createReadStream(packed).pipe(zlib.createGunzip())
      return fs.createReadStream(path.join(__dirname, 'backup.json'))
    }

    """

  private static let body = #"""

    // The rows one by one: each stands on a line of its own, so that no more than one is held.
    async function* rows() {
      let section = null
      for await (const line of readline.createInterface({ input: open(), crlfDelay: Infinity })) {
        // The end of the rows; what follows counts them.
        if (line === '},') return
        const begin = /^("(?:[^"\\]|\\.)*"): \[/.exec(line)
        if (begin) section = JSON.parse(begin[1])
        else if (section !== null && section in TABLES && line[0] === '{') {
          yield [section, JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line)]
        }
      }
    }

    // What JSON has no form for becomes what the client takes.
    function revive(kind, value) {
      if (value === null) return kind === 'json' ? Prisma.DbNull : kind === 'list' || kind === 'bigints' ? undefined : null
      switch (kind) {
        case 'bigint': return BigInt(value)
        case 'bigints': return value.map(BigInt)
        case 'decimal': return new Prisma.Decimal(value)
        case 'bytes': return Buffer.from(value, 'base64')
        // A Date holds milliseconds; finer times stay texts, which the client takes too.
        case 'date': return /\.\d{6}/.test(value) ? value : new Date(value)
        default: return value
      }
    }

    function revived(table, row) {
      const data = {}
      for (const [name, value] of Object.entries(row)) data[name] = revive(table.kinds[name], value)
      return data
    }

    async function insert(tx, section, batch) {
      if (batch.length > 0) await tx[TABLES[section].model].createMany({ data: batch })
      return []
    }

    async function seed(tx) {
      const counts = {}
      let batch = [], current = null
      for await (const [section, row] of rows()) {
        counts[section] = (counts[section] ?? 0) + 1
        const table = TABLES[section]
        if (table === null) continue
        if (section !== current || batch.length === BATCH) batch = await insert(tx, current, batch)
        current = section
        const data = revived(table, row)
        for (const name of table.late) if (name in data) data[name] = null
        batch.push(data)
      }
      await insert(tx, current, batch)
      for await (const [section, row] of rows()) {
        const table = TABLES[section]
        if (table === null || !table.late.some((name) => (row[name] ?? null) !== null)) continue
        const data = revived(table, row)
        const key = Object.fromEntries(table.key.map((name) => [name, data[name]]))
        await tx[table.model].update({
          where: table.key.length === 1 ? key : { [table.key.join('_')]: key },
          data: Object.fromEntries(table.late.filter((name) => name in data).map((name) => [name, data[name]])),
        })
      }
      await continueSequences(tx)
      for (const [section, count] of Object.entries(counts)) {
        if (TABLES[section] === null) console.warn(`${section}: ${count} rows are not inserted, the table has no key`)
        else console.log(`${section}: ${count} rows`)
      }
    }

    async function continueSequences(tx) {

    """#

  private static let end = """
    }

    const prisma = new PrismaClient()
    prisma
      .$transaction(seed, { maxWait: 60_000, timeout: 2_147_483_647 })
      .catch((error) => {
        console.error(error)
        process.exitCode = 1
      })
      .finally(() => prisma.$disconnect())

    """
}
