import Bytes
import Records
import TestSupport
import Testing
import TextSearch

@testable import RowIndex

/// Pages in which bits were turned over.
private final class DamagedStore: PageStore {
  let store: any PageStore
  let damaged: PageID
  let offset: Int
  let isCut: Bool
  init(_ store: any PageStore, _ damaged: PageID, _ offset: Int, isCut: Bool) {
    (self.store, self.damaged, self.offset, self.isCut) = (store, damaged, offset, isCut)
  }
  func page(_ id: PageID) throws(IndexError) -> [UInt8]? {
    guard var page = try store.page(id), id == damaged else { return try store.page(id) }
    if isCut { return Array(page[..<offset]) }
    page[offset] ^= 0x21
    return page
  }
  func ids(in range: ClosedRange<PageID>) throws(IndexError) -> [PageID] { try store.ids(in: range) }
  func commit(writing pages: [Page], removing ids: [PageID]) throws(IndexError) {
    try store.commit(writing: pages, removing: ids)
  }
}

@Suite struct DamageTests {
  /// Whatever becomes of a page, an answer is the right one or an error that names what is damaged.
  @Test func damagedPagesAreNoticed() throws {
    let store = MemoryPageStore()
    var simulation = try Simulation(41, store, people: 20)
    for _ in 0..<2 {
      simulation.live()
      try simulation.register()
    }
    let everything = PageID(raw: 0)...PageID(raw: .max)
    func answers(_ index: RowIndex) throws -> [[UInt32]] {
      var query = RowQuery(try SearchPlan([.substring(Array("e".utf8))]))
      query.limit = 1000
      var answers = [try index.search(query).hits.map(\.version)]
      query.plan = try SearchPlan([.words(Array("event".utf8)), .words(Array("later".utf8))])
      answers.append(try index.search(query).hits.map(\.version))
      answers.append(try index.history(of: "people", key: [Array("7".utf8)]).map(\.version))
      answers.append(try index.differences(from: 1, to: 2).map { $0.old ?? $0.new ?? 0 })
      return answers
    }
    let right = try answers(RowIndex(store, lineage: 3)), generation = simulation.index.generation
    var noticed = 0, tried = 0
    for id in try store.ids(in: everything) {
      let count = try store.page(id)!.count
      for offset in stride(from: 0, to: count, by: max(1, count / 12)) {
        for isCut in [false, true] {
          tried += 1
          do throws(IndexError) {
            let index = try RowIndex(
              DamagedStore(store, id, offset, isCut: isCut), lineage: 3, generation: generation)
            do { #expect(try answers(index) == right, "\(id), byte \(offset)") } catch let error as IndexError {
              throw error
            } catch {
              Issue.record(error)
            }
          } catch {
            noticed += 1
            #expect(error.message.contains("damaged") || error.message.contains("version"), "\(error.message)")
          }
        }
      }
    }
    // Pages of an older manifest are not read.
    #expect(noticed * 2 > tried, "\(noticed) of \(tried)")
  }
}
