// Silences and maintenance windows: what people do not want to hear.

import FleetAPI
import HTTPTypes
import Hummingbird

extension APIEndpoint {
    static func quiet(_ intents: any Intents) -> [APIEndpoint] {
        [
            APIEndpoint(.get, "silences", .viewer) { request in
                try .data(SilenceList(silences: await intents.silences(for: request.asker)))
            },
            APIEndpoint(.post, "silences", .operator) { request in
                let silence = try request.read(SilenceRequest.self)
                return try .data(
                    SilenceContent(silence: await intents.create(silence, for: request.asker)), status: .created)
            },
            APIEndpoint(.post, "silences/preview", .viewer) { request in
                let silence = try request.read(SilenceRequest.self)
                return try .data(PreviewContent(preview: await intents.preview(silence, for: request.asker)))
            },
            APIEndpoint(.delete, "silences/:id", .operator) { request in
                let silence = try await intents.expireSilence(request.parameter("id"), for: request.asker)
                return try .data(SilenceContent(silence: silence))
            },
            APIEndpoint(.get, "maintenance", .viewer) { request in
                try .data(WindowList(windows: await intents.windows(for: request.asker)))
            },
            APIEndpoint(.post, "maintenance", .operator) { request in
                let window = try request.read(WindowRequest.self)
                return try .data(
                    WindowContent(window: await intents.plan(window, for: request.asker)), status: .created)
            },
            APIEndpoint(.delete, "maintenance/:id", .operator) { request in
                try await intents.cancelWindow(request.parameter("id"), for: request.asker)
                return Response(status: .noContent, headers: [.cacheControl: "no-store"])
            },
        ]
    }
}
