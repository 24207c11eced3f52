using System.ClientModel;
using Npgsql;
using Polly.Timeout;

namespace FamilyPa.Core.Diagnostics;

/// <summary>Maps exceptions to short stable codes, which are safe to log, store and count.</summary>
public static class ErrorCode
{
    public static string Of(Exception error) => error switch
    {
        IHasErrorCode coded => coded.Code,
        ClientResultException { Status: > 0 } ai => $"ai_http_{ai.Status}",
        ClientResultException => "ai_unreachable",
        PostgresException database => $"database_{database.SqlState}",
        NpgsqlException => "database_unreachable",
        Azure.RequestFailedException { Status: > 0 } storage => $"storage_http_{storage.Status}",
        Azure.RequestFailedException => "storage_unreachable",
        TimeoutRejectedException or TimeoutException => "timeout",
        OperationCanceledException => "canceled",
        HttpRequestException => "http_unreachable",
        AggregateException { InnerException: { } inner } => Of(inner),
        _ => error.GetType().Name,
    };
}

/// <summary>An exception that defines its own error code.</summary>
public interface IHasErrorCode
{
    /// <summary>Short and stable; contains no message text.</summary>
    string Code { get; }
}
