// The licences a tenant of this kind holds. Part numbers and ids are Microsoft's published ones; rooms are recognised by
// them, so the decoys (people, shared desk phones) must carry theirs as well.

/// A product a tenant can assign, with the service plans that identify it.
struct SKU: Sendable, Hashable {
    struct ServicePlan: Sendable, Hashable {
        let id: String
        let name: String
    }

    let id: String
    let partNumber: String
    let plans: [ServicePlan]
    /// Units bought; consumption is counted from the accounts.
    let units: Int

    private static let teams = ServicePlan(id: "57ff2da0-773e-42df-b2af-ffb7a2317929", name: "TEAMS1")
    private static let proManagement = ServicePlan(
        id: "ecc74eae-eeb7-4ad5-9c88-e8b2bfca75b8", name: "MTRProManagement")
    private static let basicRooms = ServicePlan(
        id: "c8529366-cffd-4415-ab8f-be0144a33ab1", name: "Teams_Rooms_Basic")

    static let pro = SKU(
        id: "4cde982a-ede4-4409-9ae6-b003453c8ea6", partNumber: "Microsoft_Teams_Rooms_Pro",
        plans: [teams, proManagement], units: 50_000)
    static let proWithoutAudio = SKU(
        id: "21943e3a-2429-4f83-84c1-02735cd49e78", partNumber: "Microsoft_Teams_Rooms_Pro_without_Audio_Conferencing",
        plans: [teams, proManagement], units: 5000)
    static let basic = SKU(
        id: "6af4b3d6-14bb-4a2a-960c-6c902aad34f3", partNumber: "Microsoft_Teams_Rooms_Basic",
        plans: [teams, basicRooms], units: maximumBasic)
    static let standard = SKU(
        id: "6070a4c8-34c6-4937-8dfb-39bbc6397a60", partNumber: "MEETING_ROOM", plans: [teams], units: 5000)
    static let sharedDevices = SKU(
        id: "295a8eb0-f78d-45c7-8b5b-1eed5ed02dff", partNumber: "MCOCAP", plans: [teams], units: 5000)
    static let enterprise = SKU(
        id: "6fd2c87f-b296-42f0-b197-1e91e994b900", partNumber: "ENTERPRISEPACK", plans: [teams], units: 50_000)

    /// A tenant gets at most so many Teams Rooms Basic licences.
    static let maximumBasic = 25

    static let all = [pro, proWithoutAudio, basic, standard, sharedDevices, enterprise]
}
