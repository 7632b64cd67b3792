// stub
extension SimulatedTenant {
    func teamwork(_ call: GraphCall) throws(GraphError) -> GraphReply { throw .noSegment("teamwork") }
    func places(_ call: GraphCall) throws(GraphError) -> GraphReply { throw .noSegment("places") }
    mutating func answerBatch(_ call: GraphCall, _ exchange: Exchange) throws(GraphError) -> GraphReply {
        throw .noSegment("$batch")
    }
}
