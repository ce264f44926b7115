internal import BuiltIn
internal import Bytes
internal import CatalogIngest
internal import CatalogModel
internal import CatalogStore
internal import CommandLine
internal import Conversion
internal import Diagnostics
internal import Records

extension Session {
  /// Registers the copy that a load has made, where there is a catalog or one is named. The load is done: what is against it is told,
  /// and no more.
  func register(_ copy: SafetyFile, of load: any LoadSession) {
    guard let path = copy.path, !invocation.isSet(MigrateFlags.noRegister) else { return }
    do throws(Failure) {
      let place = try CatalogPlace(settings)
      let isThere = try telling { () throws(IOError) in try fileStatus(place.path) } != nil
      guard isThere || settings[.catalog] != nil else { return }
      let backup = try registered(path, of: load)
      if !isForPrograms { note("it is registered as \(backup.id.short), with the tag 'safety'") }
    } catch { note("the safety copy is not registered: \(error.message)") }
  }

  private func registered(_ path: [UInt8], of load: any LoadSession) throws(Failure) -> Backup {
    var options = RegisterOptions()
    options.project = settings[.project].map { Name($0.bytes) } ?? load.name
    options.environment = settings[.environment].map { Name($0.bytes) }
    options.tags = [Tag(parsing: Array("safety".utf8))]
    options.takenAt = Moment(microseconds: currentMicroseconds())
    options.zone = zone
    options.indexing = settings.word(.index) ?? .full
    let registrar = Registrar(
      BuiltIn.recogniser, catalog: try createCatalog(), now: Moment(microseconds: currentMicroseconds()))
    do throws(RegisterError) {
      let reports = try registrar.register(try openedCopy(path), options: options).reports
      guard let backup = reports.first?.backup else {
        throw .read(ReadError(.unrecognised("it is no backup"), artifact: path))
      }
      return backup
    } catch {
      switch error {
      case .read(let error): throw Failure(error)
      case .catalog(let error): throw Failure(error)
      }
    }
  }

  private func openedCopy(_ path: [UInt8]) throws(RegisterError) -> any BackupContainer {
    do throws(ReadError) { return try BuiltIn.recogniser.open(path) } catch { throw .read(error) }
  }
}
