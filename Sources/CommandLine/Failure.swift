internal import Bytes

/// Why a command ends without success: what the user is told, and the exit code.
package struct Failure: Error, Equatable, Sendable {
  package var code: ExitCode
  /// One line without a full stop; names in it are already `displayed`.
  package var message: String
  /// What the user can do about it.
  package var advice: String?

  package init(_ code: ExitCode, _ message: String, advice: String? = nil) {
    self.code = code
    self.message = message
    self.advice = advice
  }

  /// A command line that cannot be understood.
  package static func usage(_ message: String, advice: String? = nil) -> Failure {
    Failure(.usage, message, advice: advice)
  }

  /// The lines for people.
  package func text(program: String) -> String {
    "\(program): \(message)\n" + (advice.map { "  advice: \($0)\n" } ?? "")
  }

  /// The object for programs, on one line.
  package var json: String {
    var text = "{\"message_type\":\"exit_error\",\"code\":\(code.rawValue),\"message\":\(jsonString(message))"
    if let advice { text += ",\"advice\":\(jsonString(advice))" }
    return text + "}\n"
  }
}

/// A JSON string literal of our own words.
package func jsonString(_ text: String) -> String {
  var output = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": output += "\\\""
    case "\\": output += "\\\\"
    case "\n": output += "\\n"
    case "\t": output += "\\t"
    case "\u{0}"..<"\u{20}", "\u{7F}":
      let digits = String(scalar.value, radix: 16)
      output += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    default: output.unicodeScalars.append(scalar)
    }
  }
  return output + "\""
}
