using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using FunctionsRuntime.Functions;

namespace FunctionsRuntime.Queues;

/// <summary>Parameters of queue functions: the message in four shapes, and how often it was dequeued.</summary>
internal static class QueueBinding
{
    private static readonly JsonSerializerOptions JsonOptions = new() { PropertyNameCaseInsensitive = true };

    public static Expression? Bind(LoadedFunction function, ParameterInfo parameter, Expression invocation)
    {
        if (parameter != function.TriggerParameter)
        {
            var isCount = string.Equals(parameter.Name, "dequeueCount", StringComparison.OrdinalIgnoreCase)
                && (parameter.ParameterType == typeof(long) || parameter.ParameterType == typeof(int));
            return isCount ? Expression.Convert(Read(nameof(DequeueCount), invocation), parameter.ParameterType) : null;
        }

        return parameter.ParameterType switch
        {
            var type when type == typeof(string) => Read(nameof(Text), invocation),
            var type when type == typeof(BinaryData) => Read(nameof(Body), invocation),
            var type when type == typeof(QueueMessage) => Expression.Property(invocation, nameof(Invocation.Message)),
            var type => Expression.Call(typeof(QueueBinding), nameof(Json), [type], invocation),
        };
    }

    private static MethodCallExpression Read(string reader, Expression invocation) =>
        Expression.Call(typeof(QueueBinding), reader, null, invocation);

    private static long DequeueCount(Invocation invocation) => invocation.Message!.DequeueCount;

    private static string Text(Invocation invocation) => invocation.Message!.Body.ToString();

    private static BinaryData Body(Invocation invocation) => invocation.Message!.Body;

    /// <summary>A body that is no such JSON fails the call like any exception: it is retried, then poisoned.</summary>
    private static T? Json<T>(Invocation invocation) => invocation.Message!.Body.ToObjectFromJson<T>(JsonOptions);
}
