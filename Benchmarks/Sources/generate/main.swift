import Glibc

let usage = """
  usage: generate shop FILE [SIZE]     a Django dumpdata; size 1 is about 10,500 objects
         generate users FILE           a Django user export
         generate convex DIR [SIZE]    a folder of Convex table backups; size 1 is 1,389 + 61 records
         generate snapshot DIR [SIZE]  the files of a Convex snapshot export; size 1 is about 10 MB
         generate prisma FILE [SIZE]   a Complete backup with embedded files; size 1 is about 11 MB
  """
let arguments = CommandLine.arguments
guard arguments.count >= 3 else { fail(usage) }
let size = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 1
guard size > 0 else { fail(usage) }
switch arguments[1] {
case "shop":
  var shop = Shop(size: size)
  shop.write(to: arguments[2])
case "users":
  var users = Users()
  users.write(to: arguments[2])
case "convex":
  var tables = ConvexTables(size: size)
  tables.write(to: arguments[2])
case "snapshot":
  var snapshot = ConvexSnapshot(size: size)
  snapshot.write(to: arguments[2])
case "prisma":
  var backup = PrismaBackup(size: size)
  backup.write(to: arguments[2])
default: fail(usage)
}
