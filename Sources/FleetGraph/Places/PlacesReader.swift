// Rooms out of Places, with the building and floor that stand above them where an administrator has switched the
// hierarchy on, and with the room's own words where not.

import FleetCore
import GraphClient
import HTTPTypes

struct PlacesListing: Sendable {
    /// `nil` when the rooms could not be read.
    var places: [PlaceRecord]?
    var remarks: [String] = []
    /// Whether they could not be read because a permission or a token is refused.
    var isRefused = false
}

struct PlacesReader: Sendable {
    let client: GraphClient
    let patience: GraphRequest.Patience

    func read() async -> PlacesListing {
        let rooms: [RoomWire]
        do throws(GraphError) {
            rooms = try await client.list(
                request(
                    GraphPath("places", "microsoft.graph.room").query("$select", RoomWire.selection)
                        .query("$top", "100")), of: RoomWire.self
            ).items
        } catch {
            switch error.reason {
            case .forbidden, .unauthorised:
                return PlacesListing(
                    remarks: ["Places are not read: grant the application permission Place.Read.All to use them."],
                    isRefused: true)
            default:
                return PlacesListing(
                    remarks: ["Places could not be read; rooms keep the building they had. \(error)"],
                    isRefused: error.isRefusal)
            }
        }
        var tree = PlaceTree()
        var listing = PlacesListing()
        let levels: [(String, PlaceTree.Kind)] = [
            ("microsoft.graph.building", .building), ("microsoft.graph.floor", .floor),
            ("microsoft.graph.section", .section),
        ]
        levels: for (type, kind) in levels {
            do throws(GraphError) {
                let wires = try await client.list(request(GraphPath("places", type)), of: PlaceWire.self).items
                tree.add(wires, as: kind)
                // An empty answer means that nobody ran Set-PlacesSettings: a state, not a fault.
                if kind == .building, wires.isEmpty { break levels }
            } catch {
                listing.remarks.append(
                    "The hierarchy of places is incomplete; rooms fall back to their own building and floor. \(error)")
                break levels
            }
        }
        listing.places = rooms.compactMap(tree.record)
        return listing
    }

    private func request(_ path: GraphPath) -> GraphRequest {
        var request = GraphRequest(.get, path, service: .places)
        request.patience = patience
        return request
    }
}
