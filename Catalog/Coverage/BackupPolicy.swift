package import CatalogModel

/// How often backups of a kind are to be made.
package enum BackupPolicy: String, CaseIterable, Sendable {
  case safeWeekly = "safe-weekly"
  case completeMonthly = "complete-monthly"

  /// Days after which another backup is due; a day late is not late yet.
  package var days: Int64 {
    switch self {
    case .safeWeekly: 8
    case .completeMonthly: 32
    }
  }

  /// Whether backups of a lineage are those that it asks for.
  func asks(for lineage: Lineage) -> Bool {
    switch self {
    case .safeWeekly: lineage.isSafe
    case .completeMonthly: lineage.isComplete
    }
  }
}

/// Whether a policy is kept.
package struct PolicyState: Sendable {
  package enum Verdict: String, Sendable { case kept, overdue, missing }
  package var policy: BackupPolicy
  package var verdict: Verdict
  /// The newest backup that it asks for, and its age.
  package var newest: Backup?
  package var days: Int64?
}

extension Coverage {
  /// How policies are kept by the newest backups.
  package func states(of policies: [BackupPolicy], now: Moment) -> [PolicyState] {
    policies.map { policy in
      guard let backup = newest.first(where: { policy.asks(for: CoveredBackup($0, []).lineage) }) else {
        return PolicyState(policy: policy, verdict: .missing)
      }
      let age = Coverage.days(backup, now)
      return PolicyState(policy: policy, verdict: age > policy.days ? .overdue : .kept, newest: backup, days: age)
    }
  }
}
