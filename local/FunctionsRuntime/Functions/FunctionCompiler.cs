using System.Linq.Expressions;
using Microsoft.Extensions.DependencyInjection;

namespace FunctionsRuntime.Functions;

/// <summary>Turns a function's method into one delegate, so that a call costs no reflection.</summary>
internal static class FunctionCompiler
{
    private static readonly Task<object?> NoResult = Task.FromResult<object?>(null);

    public static FunctionCall Compile(LoadedFunction function)
    {
        var invocation = Expression.Parameter(typeof(Invocation), "invocation");
        var arguments = function.Method.GetParameters().Select(parameter => ParameterBinding.Bind(function, parameter, invocation));
        var call = Expression.Call(function.Method.IsStatic ? null : Instance(function, invocation), function.Method, arguments);
        return Expression.Lambda<FunctionCall>(Awaited(call), invocation).Compile();
    }

    private static UnaryExpression Instance(LoadedFunction function, Expression invocation)
    {
        var type = function.Method.DeclaringType!;
        var create = Expression.Constant(ActivatorUtilities.CreateFactory(type, []));
        var services = Expression.Property(invocation, nameof(Invocation.InstanceServices));
        return Expression.Convert(Expression.Invoke(create, services, Expression.Constant(null, typeof(object[]))), type);
    }

    private static Expression Awaited(MethodCallExpression call)
    {
        var type = call.Type;
        if (type == typeof(void))
            return Expression.Block(call, Expression.Constant(NoResult));

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>))
            return Expression.Call(typeof(FunctionCompiler), nameof(Value), type.GetGenericArguments(), call);

        return type == typeof(Task)
            ? Expression.Call(typeof(FunctionCompiler), nameof(Nothing), null, call)
            : Expression.Call(typeof(Task), nameof(Task.FromResult), [typeof(object)], Expression.Convert(call, typeof(object)));
    }

    private static async Task<object?> Value<T>(Task<T> task) => await task;

    private static Task<object?> Nothing(Task task) => task.IsCompletedSuccessfully ? NoResult : AwaitNothing(task);

    private static async Task<object?> AwaitNothing(Task task)
    {
        await task;
        return null;
    }
}
