// What a failed read means for the person who connects. The same status has another cause behind every service.

import FleetCore
import GraphClient
import HTTPExchange

enum TrialRemark {
    static func of(_ error: GraphError, _ need: PermissionNeed) -> (TrialResult.Verdict, String) {
        if error.looksRetired {
            return (.unavailable, "Graph does not offer this call to this tenant; the daemon does without.")
        }
        switch error.reason {
        case .forbidden: return forbidden(need)
        case .paymentRequired:
            return (.unavailable, "Microsoft wants billing set up for this call; leave the module off.")
        case .notFound where need.permission == "Calendars.ReadBasic.All":
            return (.unavailable, "The room has no mailbox here; the daemon tries the others.")
        case .notFound, .gone, .rejected(405, _), .rejected(501, _), .server(501, _):
            return (.unavailable, "Graph does not offer this call to this tenant; the daemon does without.")
        case .unauthorised:
            return (.refused, "Graph refuses the token: check --cloud, and that the tenant is the right one.")
        case .throttled, .budgetSpent, .lineFull:
            return (.unclear, "Graph throttles at the moment; the daemon goes on by itself.")
        case .server: return (.unclear, "Graph is in trouble at the moment; the daemon goes on by itself.")
        case .transport(let error):
            return (.unclear, "No answer (\(error.kind.rawValue)): check network, proxy and firewall to \(error.host).")
        case .token(let error): return (.unclear, error.advice)
        case .malformed: return (.unclear, "Something other than Graph answered: check the proxy.")
        default: return (.unclear, "\(error)")
        }
    }

    private static func forbidden(_ need: PermissionNeed) -> (TrialResult.Verdict, String) {
        switch need.permission {
        case "AuditLog.Read.All":
            (.unavailable, "Sign-in logs need Entra ID P1 in the tenant; without it leave sign-ins off.")
        case "Calendars.ReadBasic.All":
            (
                .refused,
                "The role is there, so Exchange limits it: add the rooms to the application's scope (RBAC for Applications)."
            )
        case "TeamworkDevice.Read.All", "TeamworkDevice.ReadWrite.All":
            (.unavailable, "The device API refuses this tenant; presence alone is watched, which is enough.")
        default:
            (.refused, "The role is in the token but not in force yet; try again in some minutes.")
        }
    }
}
