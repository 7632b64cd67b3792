// One cause, one page. Rooms that fell within a few minutes of one another are compared with how many could have fallen:
// from the tenant down, the narrowest place that explains them is named. A pure function of counts; who is told of it
// and when is decided elsewhere.

/// A room that fell lately.
public struct FallenRoom: Sendable, Hashable {
    /// Its place in the fleet's list.
    public var slot: Int
    public var building: String?
    public var floor: String?
    /// Confirmed, not only suspected.
    public var isFiring: Bool

    public init(slot: Int, building: String?, floor: String?, isFiring: Bool) {
        self.slot = slot
        self.building = building
        self.floor = floor
        self.isFiring = isFiring
    }
}

/// Rooms that fell together, and the place that explains it.
public struct Collapse: Sendable, Hashable {
    public var place: Place
    public var slots: [Int]
    /// Whether only a part of the place is affected: the burst rule.
    public var isPartial: Bool
    /// The rule that found it, with its figures, for the log and for whoever asks why.
    public var reason: String
}

/// Finds the places that explain a set of fallen rooms.
public struct Correlator {
    public let rules: CorrelationRules
    /// How many rooms of a place could have fallen: those that were up, are seen, and are expected to work.
    let population: (Place) -> Int
    /// Whether the place has an incident that takes further rooms.
    let isOpen: (Place) -> Bool

    public init(
        rules: CorrelationRules, population: @escaping (Place) -> Int, isOpen: @escaping (Place) -> Bool
    ) {
        self.rules = rules
        self.population = population
        self.isOpen = isOpen
    }

    /// The troubles of places among `fallen`; rooms in none of them stand for themselves.
    public func collapses(of fallen: [FallenRoom]) -> [Collapse] {
        guard fallen.count >= CorrelationRules.pair || isOpen(.tenant) else { return joins(of: fallen) }
        return judge(.tenant, fallen)
    }

    /// Too few to begin anything; they may belong to what is open.
    private func joins(of fallen: [FallenRoom]) -> [Collapse] {
        fallen.compactMap { room in
            for place in room.places.reversed() where isOpen(place) {
                return Collapse(place: place, slots: [room.slot], isPartial: false, reason: Collapse.joined)
            }
            return nil
        }
    }

    private func judge(_ place: Place, _ fallen: [FallenRoom]) -> [Collapse] {
        if fallen.isEmpty { return [] }
        // What is open speaks for whoever falls inside, however narrow their own place is: one cause, one page.
        if isOpen(place) {
            return [Collapse(place: place, slots: fallen.map(\.slot), isPartial: false, reason: Collapse.joined)]
        }
        let children = Self.children(of: place, fallen)
        if let (child, inside) = narrower(place, fallen, children) {
            let found = judge(child, inside)
            if !found.isEmpty {
                let explained = Set(found.flatMap(\.slots))
                let rest = fallen.filter { !explained.contains($0.slot) }
                // The rest is judged again without those; it is smaller each time, so this ends.
                return found + judge(place, rest)
            }
        }
        if let own = collapse(of: place, fallen) { return [own] }
        return children.flatMap { judge($0.place, $0.rooms) }
    }

    /// The child that holds nearly all of the fallen rooms, when it is truly narrower.
    private func narrower(
        _ place: Place, _ fallen: [FallenRoom], _ children: [(place: Place, rooms: [FallenRoom])]
    ) -> (Place, [FallenRoom])? {
        guard let most = children.max(by: { $0.rooms.count < $1.rooms.count }),
            Double(most.rooms.count) >= rules.narrowing * Double(fallen.count)
        else { return nil }
        // A building with a single floor is better known by its own name.
        if case .floor = most.place, population(most.place) == population(place) { return nil }
        return (most.place, most.rooms)
    }

    private func collapse(of place: Place, _ fallen: [FallenRoom]) -> Collapse? {
        let slots = fallen.map(\.slot)
        let count = fallen.count
        let firing = fallen.count(where: \.isFiring)
        let all = population(place)
        let threshold = rules.shareThreshold(of: all)
        if all >= CorrelationRules.pair, count >= threshold,
            firing >= CorrelationRules.firingNeeded(threshold: threshold)
        {
            return Collapse(
                place: place, slots: slots, isPartial: false,
                reason:
                    "\(count) of \(all) rooms within \(Int(rules.window.components.seconds)) s, \(threshold) suffice")
        }
        guard case .building = place, rules.burst > 0, count >= rules.burst,
            firing >= CorrelationRules.firingNeeded(threshold: rules.burst)
        else { return nil }
        return Collapse(
            place: place, slots: slots, isPartial: true,
            reason: "\(count) rooms of one building within \(Int(rules.window.components.seconds)) s, "
                + "correlation.burst is \(rules.burst)")
    }

    private static func children(
        of place: Place, _ fallen: [FallenRoom]
    ) -> [(place: Place, rooms: [FallenRoom])] {
        var order: [Place] = []
        var groups: [Place: [FallenRoom]] = [:]
        for room in fallen {
            let child: Place
            switch place {
            case .tenant:
                guard let building = room.building else { continue }
                child = .building(building)
            case .building(let building):
                guard let floor = room.floor else { continue }
                child = .floor(building: building, floor: floor)
            case .floor:
                continue
            }
            if groups[child] == nil { order.append(child) }
            groups[child, default: []].append(room)
        }
        return order.map { ($0, groups[$0] ?? []) }
    }
}

extension FallenRoom {
    fileprivate var places: [Place] {
        guard let building else { return [.tenant] }
        guard let floor else { return [.tenant, .building(building)] }
        return [.tenant, .building(building), .floor(building: building, floor: floor)]
    }
}
