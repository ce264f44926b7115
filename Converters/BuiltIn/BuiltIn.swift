internal import ArchiveContainer
package import Conversion
internal import DirectoryContainer
internal import JSONFormat
internal import JSONLinesFormat

/// Everything this build knows, in the order in which ties are decided. The only list to extend.
package enum BuiltIn {
  package static let systems: [any SourceSystem] = []

  /// The directory comes last: it takes every regular file as a container of one entry.
  package static let containers: [any ContainerFormat] = [ArchiveFormat(), DirectoryFormat()]

  package static let decoders: [any ContentDecoder] = StreamDecoding.all

  package static let importFormats: [any ImportFormat] = [JSON(), JSONLines()]

  package static let exportFormats: [any ExportFormat] = []

  /// The lists that a system may use while it looks and reads.
  package static let toolbox = Toolbox(containers: containers, decoders: decoders, importFormats: importFormats)
}
