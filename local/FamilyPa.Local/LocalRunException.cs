namespace FamilyPa.Local;

/// <summary>Something a developer can put right; its message says how and is shown without a stack trace.</summary>
public sealed class LocalRunException : Exception
{
    public LocalRunException(string message) : base(message)
    {
    }

    public LocalRunException(string message, Exception inner) : base(message, inner)
    {
    }
}
