using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsRuntime.Functions;

/// <summary>A function that passed validation, with its compiled call.</summary>
internal sealed class LoadedFunction(string name, MethodInfo method, ParameterInfo triggerParameter, Attribute trigger, string triggerType)
{
    private FunctionCall? call;

    public string Name { get; } = name;

    public MethodInfo Method { get; } = method;

    public ParameterInfo TriggerParameter { get; } = triggerParameter;

    public Attribute Trigger { get; } = trigger;

    public FunctionDefinition Definition { get; } = new LoadedDefinition(name, method, triggerParameter, triggerType);

    /// <summary>Compiled when first needed: the start waits for none of them.</summary>
    public FunctionCall Call => call ??= FunctionCompiler.Compile(this);
}

/// <summary>Creates the instance, binds the parameters, calls the method and awaits it; returns what it returned.</summary>
internal delegate Task<object?> FunctionCall(Invocation invocation);
