using System.Linq.Expressions;
using System.Reflection;
using FunctionsRuntime.Http;
using FunctionsRuntime.Queues;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Functions;

/// <summary>Where a parameter's value comes from. What cannot be bound is an error at start, not at the first call.</summary>
internal static class ParameterBinding
{
    public static Expression Bind(LoadedFunction function, ParameterInfo parameter, Expression invocation)
    {
        if (parameter.ParameterType == typeof(CancellationToken))
            return Expression.Property(invocation, nameof(Invocation.CancellationToken));

        if (parameter.ParameterType == typeof(FunctionContext))
            return Expression.Convert(invocation, typeof(FunctionContext));

        var value = function.Trigger switch
        {
            HttpTriggerAttribute => HttpBinding.Bind(function, parameter, invocation),
            QueueTriggerAttribute => QueueBinding.Bind(function, parameter, invocation),
            TimerTriggerAttribute when parameter == function.TriggerParameter && parameter.ParameterType == typeof(TimerInfo) =>
                Expression.Property(invocation, nameof(Invocation.Timer)),
            _ => null,
        };

        return value ?? throw new InvalidOperationException(
            $"Function '{function.Name}': this host cannot bind the parameter '{parameter.ParameterType.Name} {parameter.Name}'.");
    }

    /// <summary>Binds every parameter once and throws the outcome away.</summary>
    public static void Validate(LoadedFunction function)
    {
        var invocation = Expression.Parameter(typeof(Invocation));
        foreach (var parameter in function.Method.GetParameters())
            Bind(function, parameter, invocation);
    }
}
