using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using FunctionsRuntime.Functions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Http;

/// <summary>Parameters of HTTP functions: the request, and the values of the route by name.</summary>
internal static class HttpBinding
{
    private static readonly Dictionary<Type, string> Readers = new()
    {
        [typeof(string)] = nameof(Text),
        [typeof(Guid)] = nameof(Guid),
        [typeof(int)] = nameof(Int32),
        [typeof(long)] = nameof(Int64),
    };

    public static Expression? Bind(LoadedFunction function, ParameterInfo parameter, Expression invocation)
    {
        if (parameter == function.TriggerParameter)
        {
            return parameter.ParameterType == typeof(HttpRequest)
                ? Expression.Call(typeof(HttpBinding), nameof(Request), null, invocation)
                : null;
        }

        var route = TemplateParser.Parse(((HttpTriggerAttribute)function.Trigger).Route ?? function.Name);
        if (route.GetParameter(parameter.Name!) is null || !Readers.TryGetValue(parameter.ParameterType, out var reader))
            return null;

        return Expression.Call(typeof(HttpBinding), reader, null, invocation, Expression.Constant(parameter.Name));
    }

    private static HttpRequest Request(Invocation invocation) => invocation.Http!.Request;

    private static string? Text(Invocation invocation, string name) => invocation.Http!.Request.RouteValues[name] as string;

    private static Guid Guid(Invocation invocation, string name) => System.Guid.Parse(Text(invocation, name)!);

    private static int Int32(Invocation invocation, string name) => int.Parse(Text(invocation, name)!, CultureInfo.InvariantCulture);

    private static long Int64(Invocation invocation, string name) => long.Parse(Text(invocation, name)!, CultureInfo.InvariantCulture);
}
