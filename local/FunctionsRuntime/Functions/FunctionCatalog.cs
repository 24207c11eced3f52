using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace FunctionsRuntime.Functions;

/// <summary>The functions of the app, in the order of their names. Refuses what the platform would refuse.</summary>
internal sealed partial class FunctionCatalog
{
    private readonly List<LoadedFunction> all;

    public FunctionCatalog(IEnumerable<Type> types, IConfiguration configuration)
    {
        all = [.. types.Where(type => type is { IsClass: true, IsVisible: true }).SelectMany(Load)];
        if (all.GroupBy(function => function.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new InvalidOperationException($"The function name '{twice.Key}' is used more than once.");

        Functions = [.. all.Where(function => !IsDisabled(function, configuration)).OrderBy(function => function.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Those that are not disabled.</summary>
    public IReadOnlyList<LoadedFunction> Functions { get; }

    /// <summary>Even one that is disabled: nothing triggers it, but an operator can run it.</summary>
    public LoadedFunction? Find(string name) => all.Find(function => string.Equals(function.Name, name, StringComparison.OrdinalIgnoreCase));

    public IEnumerable<(LoadedFunction Function, T Trigger)> TriggeredBy<T>()
        where T : Attribute =>
        Functions.Where(function => function.Trigger is T).Select(function => (function, (T)function.Trigger));

    private static IEnumerable<LoadedFunction> Load(Type type)
    {
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is { } attribute)
                yield return Load(method, attribute.Name);
        }
    }

    private static LoadedFunction Load(MethodInfo method, string name)
    {
        if (!ValidName().IsMatch(name) || string.Equals(name, "host", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"'{name}' ({method.DeclaringType}.{method.Name}) is not a valid function name.");

        if (IsValueTask(method.ReturnType))
            throw new InvalidOperationException($"Function '{name}' returns a ValueTask, which the worker does not await. Return a Task.");

        var triggers = method.GetParameters().SelectMany(parameter => TriggersOf(parameter).Select(trigger => (parameter, trigger))).ToList();
        if (triggers.Count != 1)
            throw new InvalidOperationException($"Function '{name}' has {triggers.Count} triggers; it needs exactly one.");

        var (triggerParameter, (attribute, type)) = triggers[0];
        var function = new LoadedFunction(name, method, triggerParameter, attribute, type);
        ParameterBinding.Validate(function);
        return function;
    }

    private static IEnumerable<(Attribute Attribute, string Type)> TriggersOf(ParameterInfo parameter) =>
        parameter.GetCustomAttributes().SelectMany<Attribute, (Attribute, string)>(attribute => attribute switch
        {
            HttpTriggerAttribute => [(attribute, "httpTrigger")],
            QueueTriggerAttribute => [(attribute, "queueTrigger")],
            TimerTriggerAttribute => [(attribute, "timerTrigger")],
            _ => [],
        });

    private static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    /// <summary>Both spellings of the setting: with dots, and with the double underscores that every shell takes.</summary>
    private static bool IsDisabled(LoadedFunction function, IConfiguration configuration)
    {
        var value = configuration[$"AzureWebJobs.{function.Name}.Disabled"] ?? configuration[$"AzureWebJobs:{function.Name}:Disabled"];
        return value is "1" || (bool.TryParse(value, out var disabled) && disabled);
    }

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,127}$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ValidName();
}
