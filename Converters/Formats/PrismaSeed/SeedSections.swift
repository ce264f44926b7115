internal import Bytes
internal import PrismaSchema
internal import Records

/// Names of the arrays of rows in a backup: what Prisma's client calls the models, where that names no other.
struct SeedSections: Sendable {
  let names: [Name]

  init(_ plan: DraftPlan) {
    let tables = PrismaSchema(DraftText(plan).bytes).tables()
    let index = SectionIndex(tables)
    names = plan.models.map { model in
      let found = index.table(model.accessor).map { tables[$0].model }
      return found == model.name ? model.accessor : model.name
    }
  }
}
