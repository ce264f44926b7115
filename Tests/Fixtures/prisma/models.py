"""The models of an invented application for interior designers: 94 of them, 79 of which its backups know.

A field is `name`, `name?` when it may be null, `name!` when it is unique, `name:Type`, `name>Model` when it leads to one.
"""

# The 42 datasets of a safe backup.
SAFE = """
Organization: name slug!
User: name? email! password? role:UserRole image? orgId?>Organization mustChangePassword:Boolean
Client: name email phone? orgId>Organization
Contractor: businessName email? specialty? isActive:Boolean orgId>Organization
Project: name description? status:ProjectStatus clientId>Client orgId>Organization createdById>User budget?:Decimal dueDate?:DateTime
Room: projectId>Project name order:Int progressFFE:Float
Stage: roomId>Room type assignedTo?>User completedAt?:DateTime
DesignSection: stageId>Stage type content? completed:Boolean
FFEItem: roomId>Room name price?:Decimal supplierLink? leadTime?
FFEItemStatus: roomId>Room itemId>FFEItem state:ItemState customOptions?:Json
ChatMessage: stageId>Stage authorId>User content attachments?:Json isEdited:Boolean
ChatMention: messageId>ChatMessage mentionedId>User
SmsConversation: userId>User stageId>Stage phoneNumber lastMessageAt:DateTime
ActivityLog: actorId?>User action entity entityId details?:Json
Activity: stageId>Stage userId?>User type message
ClientAccessLog: tokenId>ClientAccessToken action userAgent?
PhaseAccessLog: phase action ipAddress?
FFEAuditLog: roomId>Room itemId action oldValue?:Json newValue?:Json
FFEChangeLog: entityType entityId action userId>User
Notification: userId>User type title read:Boolean
NotificationSend: eventType recipientUserId>User status
EmailLog: to subject html deliveryStatus?
ClientApprovalEmailLog: versionId to subject openedAt?:DateTime
FloorplanApprovalEmailLog: versionId to subject clickedAt?:DateTime
ProjectUpdate: projectId>Project authorId>User title priority estimatedCost?:Decimal
ProjectUpdateTask: updateId>ProjectUpdate title estimatedHours?:Float assigneeId?>User
ProjectUpdateMessage: updateId>ProjectUpdate authorId>User content
ProjectUpdateActivity: updateId>ProjectUpdate actorId>User actionType
ProjectMilestone: projectId>Project name percentage:Int targetDate?:DateTime
ContractorAssignment: projectId>Project contractorId>Contractor role
Issue: projectId>Project reportedBy>User title status
IssueComment: issueId>Issue authorId>User content
Tag: orgId>Organization name color?
AssetTag: assetId>Asset tagId>Tag
CommentTag: commentId>Comment tagId>Tag
AssetPin: assetId>Asset userId>User
CommentPin: commentId>Comment userId>User
CommentLike: commentId>Comment userId>User
Asset: projectId>Project title filename url mimeType size:Int provider uploadedBy>User
Approval: projectId>Project sentById>User status decidedAt?:DateTime
Comment: projectId>Project authorId>User content
ClientAccessToken: projectId>Project token!? name active:Boolean expiresAt?:DateTime accessCount:Int
"""

# The 37 that only a complete one has.
COMPLETE = """
Account: userId>User type provider providerAccountId access_token?
Session: userId>User sessionToken! expires:DateTime
VerificationToken: identifier token! expires:DateTime
PasswordResetToken: email token! expires:DateTime used:Boolean
UserSession: userId>User deviceId lastSeen:DateTime
PhaseAccessToken: stageId>Stage token! name active:Boolean
ChecklistItem: sectionId>DesignSection title completed:Boolean order:Int
ClientApproval: projectId>Project decision comments?
ClientApprovalActivity: approvalId>ClientApproval type message
ClientApprovalAsset: approvalId>ClientApproval assetId>Asset includeInEmail:Boolean
FloorplanApprovalActivity: versionId>FloorplanApprovalVersion type message
FloorplanApprovalAsset: versionId>FloorplanApprovalVersion assetId>Asset displayOrder:Int
FloorplanApprovalVersion: projectId>Project version status
ProjectUpdatePhoto: updateId>ProjectUpdate assetId>Asset caption? takenAt?:DateTime
ProjectUpdateDocument: updateId>ProjectUpdate assetId>Asset documentType
FFELibraryItem: orgId>Organization itemId name subItems:String[]
FFEGeneralSettings: orgId>Organization roomType settings:Json
FFEBathroomState: roomId>Room completionPercentage:Float itemStatuses?:Json
FFETemplate: orgId>Organization name version:Int tags:String[]
FFETemplateSection: templateId>FFETemplate name order:Int
FFETemplateItem: sectionId>FFETemplateSection name estimatedCost?:Decimal
RoomFFEInstance: roomId>Room templateId?>FFETemplate name progress:Float
RoomFFESection: instanceId>RoomFFEInstance name isExpanded:Boolean
RoomFFEItem: sectionId>RoomFFESection name state:ItemState quantity:Int unitCost?:Decimal
FFESectionLibrary: name icon? defaultOrder:Int
RenderingVersion: roomId>Room version pushedToClientAt?:DateTime
RenderingNote: versionId>RenderingVersion authorId>User content
DrawingChecklistItem: stageId>Stage name completed:Boolean
SpecBook: projectId>Project name isActive:Boolean
SpecBookSection: specBookId>SpecBook name order:Int
SpecBookGeneration: specBookId>SpecBook version status pdfUrl? fileSize?:BigInt
DropboxFileLink: sectionId>SpecBookSection dropboxPath fileName fileSize?:BigInt
CadPreferences: linkedFileId>DropboxFileLink paperSize dpi?:Int
ProjectCadDefaults: projectId!>Project paperSize scaleMode
CadLayoutCache: dropboxPath layouts:Json expiresAt:DateTime
RoomSection: projectId>Project name order:Int
RoomPreset: roomType name sections:Json
"""

# What nobody put on the list.
FORGOTTEN = """
Vendor: name website?
VendorQuote: vendorId>Vendor projectId>Project total:Decimal
QuoteLine: quoteId>VendorQuote text amount:Decimal
MoodBoard: projectId>Project title
MoodBoardItem: boardId>MoodBoard position:Int
PaletteColor: hex! name?
SiteVisit: projectId>Project visitedAt:DateTime
SiteVisitPhoto: visitId>SiteVisit url
Measurement: roomId>Room label millimetres:Int
Webhook: url active:Boolean
WebhookDelivery: webhookId>Webhook status:Int
FeatureFlag: key! enabled:Boolean
ApiUsage: day:DateTime count:BigInt
Survey: projectId>Project title
SurveyAnswer: surveyId>Survey answer?
"""

ENUMS = {
    "UserRole": [("OWNER", None), ("ADMIN", None), ("DESIGNER", "designer")],
    "ProjectStatus": [("DRAFT", None), ("IN_PROGRESS", "in progress"), ("DONE", None)],
    "ItemState": [("PENDING", None), ("CONFIRMED", None)],
}

# Sections that are no plain plural of their model.
IRREGULAR = {
    "FFEItem": "ffeItems", "FFEItemStatus": "ffeItemStatuses", "FFEAuditLog": "ffeAuditLogs", "FFEChangeLog": "ffeChangeLogs",
    "FFELibraryItem": "ffeLibraryItems", "FFEGeneralSettings": "ffeGeneralSettings", "FFEBathroomState": "ffeBathroomStates",
    "FFETemplate": "ffeTemplates", "FFETemplateSection": "ffeTemplateSections", "FFETemplateItem": "ffeTemplateItems",
    "RoomFFEInstance": "roomFfeInstances", "RoomFFESection": "roomFfeSections", "RoomFFEItem": "roomFfeItems",
    "FFESectionLibrary": "ffeSectionLibrary", "CadPreferences": "cadPreferences", "ProjectCadDefaults": "projectCadDefaults",
    "CadLayoutCache": "cadLayoutCaches", "DropboxFileLink": "dropboxFileLinks",
}


class Field:
    def __init__(self, text):
        name, _, self.model = text.partition(">")
        name, _, kind = name.partition(":")
        self.optional, self.unique = "?" in name + text.partition(">")[0], "!" in name
        self.name, self.list = name.strip("?!"), kind.endswith("[]")
        self.type = kind.removesuffix("[]") or "String"
        self.optional = "?" in name


def models(text):
    return {line.split(":", 1)[0]: [Field(word) for word in line.split(":", 1)[1].split()]
            for line in text.strip().splitlines()}


def section(model):
    name = IRREGULAR.get(model)
    if name:
        return name
    name = model[0].lower() + model[1:]
    return name[:-1] + "ies" if name.endswith("y") else name + "s"
