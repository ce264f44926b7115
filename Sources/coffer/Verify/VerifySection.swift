internal import Bytes
internal import CommandLine
internal import Conversion
internal import Diagnostics

/// A part of what `verify` looks at; the words of `--only`.
enum VerifySection: String, CaseIterable, Sendable {
  /// The bytes are those that were registered.
  case checksums
  /// Everything can be read, to the last byte, and what belongs together agrees.
  case structure
  /// Every table has the rows that were registered.
  case rows
  /// Keys, references, required values and sequences.
  case relations
  /// What the backup says of itself.
  case claims
  /// Nobody else can read the files.
  case permissions
  /// What `--expect-section` and `--min-size` ask for.
  case expected
}

/// What looking at one section came to.
struct SectionResult: Sendable {
  enum State: String, Sendable { case ok, findings, skipped }
  var section: VerifySection
  var findings: [Finding] = []
  /// What was looked at, such as `3 files, 12 MB`; why nothing was when it was skipped.
  var looked: String
  var isSkipped = false

  init(_ section: VerifySection, _ looked: String, _ findings: [Finding] = [], isSkipped: Bool = false) {
    self.section = section
    self.looked = looked
    self.findings = findings
    self.isSkipped = isSkipped
  }
  static func skipped(_ section: VerifySection, _ why: String) -> SectionResult {
    SectionResult(section, why, isSkipped: true)
  }

  var state: State { isSkipped ? .skipped : findings.contains { $0.severity > .info } ? .findings : .ok }
}

/// What verifying one backup came to.
struct VerifiedBackup: Sendable {
  /// Its short id, or its path when it is not registered.
  var name: [UInt8]
  /// The whole id of a registered one.
  var id: String?
  var project: Name?
  var sections: [SectionResult] = []

  var findings: [Finding] { sections.flatMap(\.findings) }
  /// The worst severity found.
  var worst: Severity? { findings.map(\.severity).max() }
}

extension Finding {
  /// Whether the survey says it of something that another section looks at, or of risks, which say nothing about damage.
  var isOfAnotherSection: Bool {
    SecretKind(rawValue: code) != nil || code == DocumentRisks.credentialCode
      || [
        "claim-refuted", "foreign-key-dangling", "foreign-key-missing-table", "readable-by-others", "personal-path",
        "hostname-in-document",
      ].contains(code)
  }
}
