internal import Bytes
internal import Diagnostics
internal import Records

/// The settings that a script has made so far, so that they are written only where they change.
struct ScriptContext {
  var standardStrings = true
  /// Whether names are qualified, as they are since 1.13; before, each schema is made the current one.
  var hasSearchPath = false
  var schema: Name?
  var tablespace: Name?
  var accessMethod: Name?
}

// What pg_restore writes around the data.
extension ArchiveScript {
  mutating func appendHead() {
    text.append("--\n-- PostgreSQL database dump\n--\n\n")
    if let version = archive.header.serverVersion {
      text.append("-- Dumped from database version ")
      appendLine(version)
      text.append("\n")
    }
    if let version = archive.header.dumpVersion {
      text.append("-- Dumped by pg_dump version ")
      appendLine(version)
      text.append("\n")
    }
    text.append("\n")
    if let refusal = archive.refusal {
      notes.add(Finding("unreadable-archive", .error, refusal.message, advice: "dump it again with an older pg_dump"))
    }
    text.append("SET statement_timeout = 0;\nSET lock_timeout = 0;\n")
    if let encoding = archive.encoding {
      text.append("SET client_encoding = '")
      appendLine(encoding.bytes.filter { $0 != UInt8(ascii: "'") })
      text.append("';\n")
    }
    text.append("SET standard_conforming_strings = \(context.standardStrings ? "on" : "off");\n")
    if let entry = archive.entries.first(where: { $0.desc == "SEARCHPATH" }) { text.append(entry.defn) }
    text.append("SET check_function_bodies = false;\nSET xmloption = content;\nSET client_min_messages = warning;\n")
    if !context.standardStrings { text.append("SET escape_string_warning = off;\n") }
    text.append("SET row_security = off;\n\n")
  }

  /// Writes an entry; its data, when it has some, follows by itself.
  mutating func append(_ entry: TOCEntry) throws(IOError) {
    if entry.hadDumper {
      appendDefinition(entry, isData: true)
      if entry.holdsLargeObjects { return try beginLargeObjects(entry) }
      text.append(entry.copyStmt)
      if !entry.copyStmt.isEmpty && entry.copyStmt.last != UInt8(ascii: "\n") { text.append("\n") }
      try begin(entry)
    } else {
      appendDefinition(entry, isData: false)
    }
  }

  private mutating func appendDefinition(_ entry: TOCEntry, isData: Bool) {
    selectSchema(entry.namespace)
    select("default_tablespace", entry.tablespace, \.tablespace)
    let isPartitioned = entry.relkind == UInt8(ascii: "p")
    if !isPartitioned { select("default_table_access_method", entry.accessMethod, \.accessMethod) }
    appendComment(entry, isData: isData)
    if entry.desc == "BLOB METADATA" {
      appendPerObject(entry, "SELECT pg_catalog.lo_create('", "');\n")
    } else if entry.desc == "ACL", entry.tag.hasPrefix("LARGE OBJECTS "), let list = objectList(of: entry) {
      appendGrants(entry, list)
    } else if !entry.defn.isEmpty {
      text.append(entry.defn)
      text.append("\n\n")
    }
    if let statement = ownerStatement(entry) { text.append(statement) }
    if isPartitioned, let method = entry.accessMethod, !method.isEmpty {
      let table = (entry.namespace.map { quoted($0) + Array(".".utf8) } ?? []) + quoted(entry.tag)
      text.append(Array("ALTER TABLE ".utf8) + table + Array(" SET ACCESS METHOD ".utf8) + quoted(method))
      text.append(";\n\n")
    }
  }

  private mutating func appendComment(_ entry: TOCEntry, isData: Bool) {
    text.append(isData ? "--\n-- Data for Name: " : "--\n-- Name: ")
    appendLine(entry.tag.bytes)
    text.append("; Type: ")
    appendLine(entry.desc.bytes)
    text.append("; Schema: ")
    appendLine(entry.namespace?.bytes ?? [UInt8(ascii: "-")])
    text.append("; Owner: ")
    appendLine(entry.owner?.bytes ?? [UInt8(ascii: "-")])
    if let tablespace = entry.tablespace, !tablespace.isEmpty {
      text.append("; Tablespace: ")
      appendLine(tablespace.bytes)
    }
    text.append("\n--\n\n")
  }

  /// Appends bytes that stand in a comment: what could end its line becomes a space.
  private mutating func appendLine(_ bytes: [UInt8]) {
    text.append(bytes.map { $0 == 0x0A || $0 == 0x0D ? UInt8(ascii: " ") : $0 })
  }

  /// Makes a schema the current one, where names are not qualified.
  private mutating func selectSchema(_ schema: Name?) {
    guard !context.hasSearchPath, let schema, !schema.isEmpty, context.schema != schema else { return }
    context.schema = schema
    text.append("SET search_path = ")
    text.append(quoted(schema))
    text.append(schema == "pg_catalog" ? ";\n\n" : ", pg_catalog;\n\n")
  }

  private mutating func select(
    _ setting: String, _ wanted: Name?, _ current: WritableKeyPath<ScriptContext, Name?>
  ) {
    guard let wanted, context[keyPath: current] != wanted else { return }
    context[keyPath: current] = wanted
    text.append("SET \(setting) = ")
    text.append(wanted.isEmpty ? Array("''".utf8) : quoted(wanted))
    text.append(";\n\n")
  }
}
