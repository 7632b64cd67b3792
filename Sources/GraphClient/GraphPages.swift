// Lists come in pages, and a list that ended early must never pass for a complete one: rooms would be thought gone.
// So a page that fails throws, with the number of pages that were read, and links are followed with suspicion.

import Foundation

/// How far a list is followed.
public struct PageLimits: Sendable, Hashable {
    public static let maximumPages = 1_000
    public static let maximumItems = 500_000

    public var pages: Int
    public var items: Int

    public init(pages: Int = maximumPages, items: Int = maximumItems) {
        self.pages = pages
        self.items = items
    }
}

/// One page of a list.
public struct GraphPage<Item: Decodable & Sendable>: Sendable {
    public let items: [Item]
    /// Elements of `value` that could not be decoded; they are missing from ``items``.
    public let undecodable: Int
    /// Present on the last page of a delta query.
    public let deltaLink: String?
    /// `@odata.count`, when it was asked for.
    public let count: Int?
    /// The page as received.
    public let answer: GraphAnswer
}

/// The pages of a list, fetched one at a time as they are asked for.
///
/// Pages may be short or empty; the list ends only when a page has no `@odata.nextLink`.
public struct GraphPages<Item: Decodable & Sendable>: AsyncSequence {
    public typealias Element = GraphPage<Item>
    public typealias Failure = GraphError

    let client: GraphClient
    let request: GraphRequest
    let limits: PageLimits

    public func makeAsyncIterator() -> Iterator {
        Iterator(client: client, next: request, template: request, limits: limits)
    }

    public struct Iterator: AsyncIteratorProtocol {
        private let client: GraphClient
        private let template: GraphRequest
        private let limits: PageLimits
        private var next: GraphRequest?
        private var pages = 0
        private var items = 0
        private var seen: Set<String> = []

        init(client: GraphClient, next: GraphRequest, template: GraphRequest, limits: PageLimits) {
            self.client = client
            self.next = next
            self.template = template
            self.limits = limits
        }

        /// - Throws: ``GraphError`` with ``GraphError/pagesRead``; the sequence has then ended.
        public mutating func next() async throws(GraphError) -> GraphPage<Item>? {
            guard let request = next else { return nil }
            next = nil
            do {
                let page = try await read(request)
                pages += 1
                return page
            } catch {
                var error = error
                error.pagesRead = pages
                throw error
            }
        }

        private mutating func read(_ request: GraphRequest) async throws(GraphError) -> GraphPage<Item> {
            let exchange = try GraphExchange(request, endpoints: client.endpoints)
            guard pages < limits.pages else {
                throw exchange.error(.malformed("the list has more than \(limits.pages) pages"))
            }
            // The URL counts, not the link's text: two spellings of one page are the same loop.
            guard seen.insert(exchange.url).inserted else {
                throw exchange.error(.malformed("a link to the next page led back to a page that was read before"))
            }
            let answer = try await client.send(request)
            let envelope: PageEnvelope<Item>
            do {
                envelope = try JSONDecoder().decode(PageEnvelope<Item>.self, from: Data(answer.body))
            } catch {
                throw exchange.error(.malformed("the page is no list of objects"), trace: answer.trace)
            }
            items += envelope.items.count
            guard items <= limits.items else {
                throw exchange.error(.malformed("the list has more than \(limits.items) objects"), trace: answer.trace)
            }
            if let link = envelope.nextLink {
                next = following(link, from: answer.url)
            }
            return GraphPage(
                items: envelope.items, undecodable: envelope.undecodable, deltaLink: envelope.deltaLink,
                count: envelope.count, answer: answer)
        }

        private func following(_ link: String, from url: String) -> GraphRequest {
            var request = template
            request.target = .link(link, base: url, template.version)
            return request
        }
    }
}

extension GraphClient {
    /// The pages of a list; each page is one request like `request`.
    public func pages<Item: Decodable & Sendable>(
        _ request: GraphRequest, of type: Item.Type = Item.self, limits: PageLimits = PageLimits()
    ) -> GraphPages<Item> {
        GraphPages(client: self, request: request, limits: limits)
    }

    /// The whole list, or an error: never a part of it.
    public func list<Item: Decodable & Sendable>(
        _ request: GraphRequest, of type: Item.Type = Item.self, limits: PageLimits = PageLimits()
    ) async throws(GraphError) -> GraphList<Item> {
        var iterator = pages(request, of: type, limits: limits).makeAsyncIterator()
        var list = GraphList<Item>()
        while let page = try await iterator.next() {
            list.items += page.items
            list.undecodable += page.undecodable
            list.pages += 1
            list.deltaLink = page.deltaLink
        }
        return list
    }
}

/// A complete list.
public struct GraphList<Item: Decodable & Sendable>: Sendable {
    public fileprivate(set) var items: [Item] = []
    /// Elements that could not be decoded and are missing.
    public fileprivate(set) var undecodable = 0
    public fileprivate(set) var pages = 0
    public fileprivate(set) var deltaLink: String?
}

/// `{"value":[…],"@odata.nextLink":"…"}`, with one odd element unable to spoil the page.
private struct PageEnvelope<Item: Decodable & Sendable>: Decodable {
    let items: [Item]
    let undecodable: Int
    let nextLink: String?
    let deltaLink: String?
    let count: Int?

    private enum CodingKeys: String, CodingKey {
        case value
        case nextLink = "@odata.nextLink"
        case deltaLink = "@odata.deltaLink"
        case count = "@odata.count"
    }

    private struct Element: Decodable {
        let item: Item?
        init(from decoder: any Decoder) throws {
            // Counted by the envelope: the caller learns how many elements could not be read.
            item = try? Item(from: decoder)
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let elements = try container.decode([Element].self, forKey: .value)
        items = elements.compactMap(\.item)
        undecodable = elements.count - items.count
        // A link that is no string fails the page: taking it for "no link" would take a part for the whole.
        nextLink = try container.decodeIfPresent(String.self, forKey: .nextLink)
        deltaLink = try container.decodeIfPresent(String.self, forKey: .deltaLink)
        count = (try? container.decodeIfPresent(LenientNumber.self, forKey: .count))??.integer.map { Int($0) }
    }
}
