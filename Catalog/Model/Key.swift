/// Number of something within one catalog, such as a backup's; meaningless outside it.
package struct Key<Subject>: Hashable, Sendable {
  package let number: Int64
  package init(_ number: Int64) { self.number = number }
}
