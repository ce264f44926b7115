package import Bytes

/// What the source's own program makes of a table: a model of Django.
package struct SourceModel: Hashable, Sendable {
  /// What a column is to the model.
  package struct Field: Hashable, Sendable {
    package var name: Name
    /// Such as `CharField`; nil when it is not known.
    package var className: Name?
    /// The model referred to, `app.model`.
    package var target: Name?
    /// Whether the source keeps JSON values of the column in text.
    package var isText = false
    package init(_ name: Name, className: Name? = nil, target: Name? = nil, isText: Bool = false) {
      self.name = name
      self.className = className
      self.target = target
      self.isText = isText
    }
  }
  /// A field whose values are rows of a table of pairs.
  package struct List: Hashable, Sendable {
    package var name: Name
    package var table: Name
    /// The column of that table that leads to the model's own row, and the one that leads to the other.
    package var owner: Name
    package var element: Name
    package var target: Name?
    /// Columns of the model's own table that come before the field.
    package var place = Int.max
    package init(_ name: Name, table: Name, owner: Name, element: Name, target: Name? = nil) {
      self.name = name
      self.table = table
      self.owner = owner
      self.element = element
      self.target = target
    }
  }

  /// `app.model`.
  package var name: Name
  /// Fields by their columns.
  package var fields: [Name: Field]
  package var lists: [List]
  package init(_ name: Name, fields: [Name: Field] = [:], lists: [List] = []) {
    self.name = name
    self.fields = fields
    self.lists = lists
  }
}
