"""XML files as pieces, by Python's expat: `(name`, `Aname value` in the order of the text, `-text`, `)`; a line `#file` first."""
import sys
from xml.parsers import expat


def escaped(text):
    return text.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n")


for path in sys.argv[1:]:
    lines, text = ["#" + path], []

    def flush():
        if text:
            lines.append("-" + escaped("".join(text)))
            text.clear()

    def begin(name, attributes):
        flush()
        lines.append("(" + escaped(name))
        for i in range(0, len(attributes), 2):
            lines.append("A" + escaped(attributes[i]) + " " + escaped(attributes[i + 1]))

    def end(name):
        flush()
        lines.append(")")

    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = text.append
    parser.Parse(open(path, "rb").read(), True)
    flush()
    print("\n".join(lines))
