using System.ClientModel;
using Npgsql;
using Polly.Timeout;

namespace FamilyPa.Core.Diagnostics;

/// <summary>A short stable code for what went wrong, safe to log, store and count by.</summary>
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

/// <summary>An exception that brings its own code.</summary>
public interface IHasErrorCode
{
    /// <summary>Short and stable, without a word of a message.</summary>
    string Code { get; }
}
