using System.Collections.Concurrent;
using System.Reflection;
using System.Reflection.Emit;
using Microsoft.Azure.WebJobs;
using Binder = Microsoft.Azure.WebJobs.Binder;

namespace FunctionsHost.Queues;

/// <summary>
/// The base of a generated type with one method per queue function. The WebJobs SDK's queue listener finds methods by their attributes, and creates an instance per call.
/// </summary>
public abstract class QueueFunctions
{
    private static readonly ConcurrentDictionary<string, Type> Types = new();
    private static readonly ConstructorInfo Trigger = typeof(QueueTriggerAttribute).GetConstructor([typeof(string)])!;
    private static readonly MethodInfo Call = typeof(QueueFunctions).GetMethod(nameof(InvokeAsync), BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static readonly ModuleBuilder Module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("QueueFunctions"), AssemblyBuilderAccess.Run).DefineDynamicModule("QueueFunctions");

    internal Func<string, object, IReadOnlyDictionary<string, object>, CancellationToken, Task> Invoke { get; set; } = null!;

    internal static Type TypeFor(IEnumerable<FunctionDefinition> functions)
    {
        var listened = functions.OrderBy(function => function.Name, StringComparer.Ordinal).ToList();
        var shape = string.Join('\n', listened.Select(function => $"{function.Name} {function.Queue} {function.TakesWholeMessage}"));
        lock (Module)
            return Types.GetOrAdd(shape, _ => Make(listened, $"N{Types.Count}.Functions"));
    }

    protected Task InvokeAsync(string function, object message, Binder binder, CancellationToken cancellationToken) =>
        Invoke(function, message, binder.BindingData, cancellationToken);

    private static Type Make(IEnumerable<FunctionDefinition> functions, string name)
    {
        var type = Module.DefineType(name, TypeAttributes.Public | TypeAttributes.Class, typeof(QueueFunctions));
        foreach (var function in functions)
        {
            var message = function.TakesWholeMessage ? typeof(ParameterBindingData) : typeof(string);
            var method = type.DefineMethod(function.Name, MethodAttributes.Public, typeof(Task), [message, typeof(Binder), typeof(CancellationToken)]);
            method.DefineParameter(1, ParameterAttributes.None, "message").SetCustomAttribute(new CustomAttributeBuilder(Trigger, [function.Queue]));
            method.DefineParameter(2, ParameterAttributes.None, "binder");
            method.DefineParameter(3, ParameterAttributes.None, "cancellationToken");
            var code = method.GetILGenerator();
            code.Emit(OpCodes.Ldarg_0);
            code.Emit(OpCodes.Ldstr, function.Name);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldarg_2);
            code.Emit(OpCodes.Ldarg_3);
            code.Emit(OpCodes.Callvirt, Call);
            code.Emit(OpCodes.Ret);
        }

        return type.CreateType();
    }
}
