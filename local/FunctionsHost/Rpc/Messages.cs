using ProtoBuf;

namespace FunctionsHost.Rpc;

// The used part of the platform's public contract: https://github.com/Azure/azure-functions-language-worker-protobuf.
// Of a oneof, one property is set and the others are null.

[ProtoContract]
internal sealed class StreamingMessage
{
    [ProtoMember(1)] public string? RequestId { get; set; }
    [ProtoMember(2)] public RpcLog? RpcLog { get; set; }
    [ProtoMember(4)] public InvocationRequest? InvocationRequest { get; set; }
    [ProtoMember(5)] public InvocationResponse? InvocationResponse { get; set; }
    [ProtoMember(8)] public FunctionLoadRequest? FunctionLoadRequest { get; set; }
    [ProtoMember(9)] public FunctionLoadResponse? FunctionLoadResponse { get; set; }
    [ProtoMember(12)] public WorkerStatusRequest? WorkerStatusRequest { get; set; }
    [ProtoMember(14)] public WorkerTerminate? WorkerTerminate { get; set; }
    [ProtoMember(16)] public WorkerInitResponse? WorkerInitResponse { get; set; }
    [ProtoMember(17)] public WorkerInitRequest? WorkerInitRequest { get; set; }
    [ProtoMember(20)] public StartStream? StartStream { get; set; }
    [ProtoMember(21)] public InvocationCancel? InvocationCancel { get; set; }
    [ProtoMember(29)] public FunctionsMetadataRequest? FunctionsMetadataRequest { get; set; }
    [ProtoMember(30)] public FunctionMetadataResponse? FunctionMetadataResponse { get; set; }
}

[ProtoContract] internal sealed class StartStream { [ProtoMember(2)] public string WorkerId { get; set; } = ""; }
[ProtoContract] internal sealed class WorkerStatusRequest;
[ProtoContract] internal sealed class WorkerTerminate;
[ProtoContract] internal sealed class FunctionsMetadataRequest { [ProtoMember(1)] public string FunctionAppDirectory { get; set; } = ""; }
[ProtoContract] internal sealed class FunctionLoadResponse { [ProtoMember(2)] public StatusResult? Result { get; set; } }
[ProtoContract] internal sealed class InvocationResponse { [ProtoMember(3)] public StatusResult? Result { get; set; } }
[ProtoContract] internal sealed class InvocationCancel { [ProtoMember(2)] public string InvocationId { get; set; } = ""; }
[ProtoContract] internal sealed class RpcTraceContext { [ProtoMember(1)] public string TraceParent { get; set; } = ""; }
[ProtoContract] internal sealed class ParameterBinding { [ProtoMember(1)] public string Name { get; set; } = ""; [ProtoMember(2)] public TypedData? Data { get; set; } }
// The request itself is forwarded to the worker's web server.
[ProtoContract] internal sealed class RpcHttp;

[ProtoContract]
internal sealed class WorkerInitRequest
{
    [ProtoMember(4)] public string WorkerDirectory { get; set; } = "";
    [ProtoMember(5)] public string FunctionAppDirectory { get; set; } = "";
}

[ProtoContract]
internal sealed class WorkerInitResponse
{
    [ProtoMember(2)] public Dictionary<string, string> Capabilities { get; } = [];
    [ProtoMember(3)] public StatusResult? Result { get; set; }
}

[ProtoContract]
internal sealed class StatusResult
{
    [ProtoMember(4)] public ResultStatus Status { get; set; }
    [ProtoMember(2)] public RpcException? Exception { get; set; }
}

internal enum ResultStatus { Failure = 0, Success = 1, Cancelled = 2 }

[ProtoContract]
internal sealed class RpcException
{
    [ProtoMember(1)] public string StackTrace { get; set; } = "";
    [ProtoMember(2)] public string Message { get; set; } = "";
    [ProtoMember(5)] public string Type { get; set; } = "";
}

[ProtoContract]
internal sealed class FunctionMetadataResponse
{
    [ProtoMember(1)] public List<RpcFunctionMetadata> Functions { get; } = [];
    [ProtoMember(2)] public StatusResult? Result { get; set; }
}

[ProtoContract]
internal sealed class RpcFunctionMetadata
{
    [ProtoMember(2)] public string ScriptFile { get; set; } = "";
    [ProtoMember(3)] public string EntryPoint { get; set; } = "";
    [ProtoMember(4)] public string Name { get; set; } = "";
    [ProtoMember(6)] public Dictionary<string, BindingInfo> Bindings { get; } = [];
    [ProtoMember(10)] public List<string> RawBindings { get; } = [];
    [ProtoMember(13)] public string FunctionId { get; set; } = "";
}

[ProtoContract]
internal sealed class BindingInfo
{
    [ProtoMember(2)] public string Type { get; set; } = "";
    [ProtoMember(3)] public int Direction { get; set; }
    [ProtoMember(5)] public Dictionary<string, string> Properties { get; } = [];
}

[ProtoContract]
internal sealed class FunctionLoadRequest
{
    [ProtoMember(1)] public string FunctionId { get; set; } = "";
    [ProtoMember(2)] public RpcFunctionMetadata? Metadata { get; set; }
}

[ProtoContract]
internal sealed class InvocationRequest
{
    [ProtoMember(1)] public string InvocationId { get; set; } = "";
    [ProtoMember(2)] public string FunctionId { get; set; } = "";
    [ProtoMember(3)] public List<ParameterBinding> InputData { get; set; } = [];
    [ProtoMember(4)] public Dictionary<string, TypedData> TriggerMetadata { get; set; } = [];
    [ProtoMember(5)] public RpcTraceContext? TraceContext { get; set; }
}

[ProtoContract]
internal sealed class TypedData
{
    [ProtoMember(1)] public string? Text { get; set; }
    [ProtoMember(2)] public string? Json { get; set; }
    [ProtoMember(5)] public RpcHttp? Http { get; set; }
    [ProtoMember(12)] public ModelBindingData? Model { get; set; }
}

[ProtoContract]
internal sealed class ModelBindingData
{
    [ProtoMember(1)] public string Version { get; set; } = "";
    [ProtoMember(2)] public string Source { get; set; } = "";
    [ProtoMember(3)] public string ContentType { get; set; } = "";
    [ProtoMember(4)] public byte[] Content { get; set; } = [];
}

[ProtoContract]
internal sealed class RpcLog
{
    [ProtoMember(2)] public string Category { get; set; } = "";
    [ProtoMember(3)] public Microsoft.Extensions.Logging.LogLevel Level { get; set; }
    [ProtoMember(4)] public string Message { get; set; } = "";
    [ProtoMember(6)] public RpcException? Exception { get; set; }
    [ProtoMember(8)] public int LogCategory { get; set; }
}
