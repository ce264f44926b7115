import BuiltIn
import Bytes
import Conversion
import TestSupport
import Testing

/// Names of the folders in a folder of plug-ins; one that holds only a stub is none yet.
private func folders(_ family: String) throws -> [String] {
  let path = Array((packageRoot + "/Converters/" + family).utf8)
  return try directoryNames(path).filter { name in
    let folder = path.appending(path: name)
    guard try fileStatus(folder)?.kind == .directory else { return false }
    return try directoryNames(folder) != [Array("Stub.swift".utf8)]
  }
  .map { String(decoding: $0, as: UTF8.self) }
}

/// Modules that the types of a list come from, without the family's word at the end.
private func modules(_ values: [Any], _ family: String) -> Set<String> {
  Set(values.map { String(String(reflecting: type(of: $0)).prefix { $0 != "." }.dropLast(family.count)) })
}

@Suite struct BuiltInTests {
  @Test func everyContainerFolderIsListed() throws {
    #expect(modules(BuiltIn.containers + BuiltIn.decoders, "Container") == Set(try folders("Containers")))
  }
  @Test func everySystemFolderIsListed() throws {
    #expect(modules(BuiltIn.systems + [BuiltIn.fallback], "System") == Set(try folders("Systems")))
  }
  @Test func everyFormatFolderIsListed() throws {
    #expect(modules(BuiltIn.importFormats + BuiltIn.exportFormats, "Format") == Set(try folders("Formats")))
  }
  @Test func everyTargetFolderIsListed() throws {
    #expect(modules(BuiltIn.loadTargets, "Target") == Set(try folders("Targets")))
  }
  @Test func identifiersAreUnique() {
    for ids in [
      BuiltIn.systems.map(\.id), BuiltIn.containers.map(\.id), BuiltIn.decoders.map(\.id),
      BuiltIn.importFormats.map(\.id), BuiltIn.exportFormats.map(\.id),
      BuiltIn.loadTargets.map(\.id),
    ] { #expect(Set(ids).count == ids.count) }
  }
}
