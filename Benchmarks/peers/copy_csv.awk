# COPY sections of a plain dump to one CSV file a table: gawk -v out=DIRECTORY -f copy_csv.awk DUMP
BEGIN { FS = "\t" }
inside && $0 == "\\." { inside = 0; close(file); next }
inside {
  line = ""
  for (i = 1; i <= NF; i++) {
    field = $i
    if (field == "\\N") field = ""
    else {
      if (index(field, "\\")) {
        gsub(/\\\\/, "\001", field); gsub(/\\n/, "\n", field); gsub(/\\t/, "\t", field); gsub(/\\r/, "\r", field)
        gsub(/\001/, "\\", field)
      }
      if (field ~ /[",\n\r]/) { gsub(/"/, "\"\"", field); field = "\"" field "\"" }
    }
    line = line (i > 1 ? "," : "") field
  }
  print line > file
  next
}
/^COPY / {
  split($0, words, " ")
  file = out "/" words[2] ".csv"
  columns = $0
  sub(/^[^(]*\(/, "", columns); sub(/\) FROM.*/, "", columns); gsub(/, /, ",", columns)
  print columns > file
  inside = 1
}
