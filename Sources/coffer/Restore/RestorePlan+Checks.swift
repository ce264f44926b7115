extension RestorePlan {
  static let djangoChecks = [
    Step(
      .before, "the project is the one the backup was taken from, and its tables are up to date",
      ["python manage.py check", "python manage.py migrate --check || python manage.py migrate"]),
    Step(
      .before, "keep what is in the database now",
      ["python manage.py dumpdata --natural-foreign -o before-restore.json"]),
  ]

  static let convexChecks = [
    Step(
      .before, "the deployment is not production, and its functions are deployed",
      ["grep -H CONVEX_DEPLOYMENT .env.local", "npx convex dev --once"]),
    Step(.before, "keep what is in the deployment now", ["npx convex export --path before-restore.zip"]),
  ]

  static let sqliteChecks = [
    Step(
      .before, "name the target, a file that is not there yet",
      [
        #": "${TARGET:?set TARGET to the database file}""#,
        #"[ ! -e "$TARGET" ] || { echo "TARGET is there already" >&2; exit 8; }"#,
      ])
  ]

  static let mysqlChecks = [
    Step(
      .before, "name the target, an empty database; the password is in the group client_restore of your option file",
      [
        #": "${TARGET:?set TARGET to the name of the database}""#,
        #"found=$(mysql --defaults-group-suffix=_restore "$TARGET" -Ne 'SHOW TABLES' | wc -l)"#,
        #"[ "$found" = 0 ] || { echo "TARGET has $found tables" >&2; exit 8; }"#,
      ])
  ]
}
