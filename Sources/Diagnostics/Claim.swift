/// One figure or statement of a manifest, README or checklist, which can be proved or refuted.
public struct Claim: Hashable, Sendable {
  public enum Verdict: String, Sendable, Hashable { case proved, refuted, open }
  /// What it is about, such as `records`, `records of Master_Data`, `deployment`, `key field`.
  public var subject: String
  /// The text claimed, as it stands.
  public var stated: [UInt8]
  /// What the content shows, as text; nil when it cannot be measured.
  public var measured: String?
  public var verdict: Verdict
  public var artifact: [UInt8]
  public init(subject: String, stated: [UInt8], measured: String? = nil, verdict: Verdict = .open, artifact: [UInt8]) {
    self.subject = subject
    self.stated = stated
    self.measured = measured
    self.verdict = verdict
    self.artifact = artifact
  }
}
