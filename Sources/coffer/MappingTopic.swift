internal import CommandLine
internal import Mapping

/// `help mapping`.
let mappingText =
  paragraphs(
    "A mapping says what becomes of tables, columns and values on the way to another system. It is one file of TOML, or the same as JSON, for "
      + "convert, export, migrate, prove and diff (--map FILE); --cast RULE states or changes the cast of one column:")
    + """

      --cast 'users.created=timestamptz using ms-to-timestamp'
      --cast 'users.role=text using trim, lower'


    """
  + paragraphs("All names are those of the source; what no rule mentions stays as it is. A file may hold:")
    + """

      names = "snake_case"              # where no rule says a name; else "as-is"
      ids = "uuid"                      # keys that are texts, with references
      nested = "flatten"                # or "table"; else "json"

      [tables.Users]
      name = "crm.users"                # Users = "users" says no more than the name
      key = ["_id"]                     # the primary key
      drop = ["_creationTime"]          # columns to leave out
      references = [{ columns = ["a", "b"], table = "T", to = ["a", "b"] }]

      [tables.Users.columns]
      fullName = "full_name"
      created = { type = "timestamptz", using = "ms-to-timestamp" }
      role = { using = ["trim", "lower"], default = "guest" }
      state = { values = { A = "active", B = "blocked" } }
      teamId = { references = "Teams._id" }
      address = { nested = "flatten" }  # members are columns: address_city
      tags = { nested = "table" }       # elements are rows: Users_tags
      friends = { references = "Users._id" }  # of lists: each element
      "address.city" = "town"           # a member of an object

      [tables.Logs]
      skip = true


    """
  + paragraphs(
    "A value takes the steps 'using', 'values' and 'type' in this order, where functions from the first on that makes no text "
      + "come behind 'values'. Null and missing values take none, and become the default if there is one. A value that a step does not take is never made null: its row is left out, named and counted, "
      + "and the exit code is 3. The functions:")
  + "\n" + definitions(CastFunction.allCases.map { ($0.rawValue, $0.summary) }, 80) + "\n"
  + paragraphs(
    "Objects are flattened eight deep; lists in them, empty objects and what is no object stay as they are. Elements of a list "
      + "become rows of a table that has the key of their row, their position from 0, and their members or, as 'value', "
      + "themselves; rules name that table with a point: [tables.\"Users.tags\"]. An empty list has no rows. What there is in "
      + "objects and lists is found out by reading all rows once more.")
  + "\n"
  + paragraphs(
    "Types are boolean, integer, bigint, decimal(P,S), float64, text, uuid, date, time, timestamp, timestamptz, interval, "
      + "json, bytes and lists such as text[]. A time without a zone is UTC where it becomes a moment. UUIDs of ids are "
      + "those of version 5 in the namespace of URLs, so that everybody can make them again: uuid_generate_v5(uuid_ns_url(), "
      + "id) in PostgreSQL, uuid.uuid5(uuid.NAMESPACE_URL, id) in Python.")
