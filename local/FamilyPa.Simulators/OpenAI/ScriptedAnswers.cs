namespace FamilyPa.Simulators.OpenAI;

/// <summary>Answers told beforehand; the newest that fits wins, and keeps answering until its handle is disposed.</summary>
internal sealed class ScriptedAnswers<TRequest>
{
    private readonly Lock gate = new();
    private readonly List<Script> scripts = [];

    public IDisposable Add(Func<TRequest, bool> fits, Func<TRequest, string> answer)
    {
        var script = new Script(fits, answer, Remove);
        lock (gate) scripts.Insert(0, script);
        return script;
    }

    public string? For(TRequest request)
    {
        lock (gate) return scripts.Find(script => script.Fits(request))?.Answer(request);
    }

    public void Clear()
    {
        lock (gate) scripts.Clear();
    }

    private void Remove(Script script)
    {
        lock (gate) scripts.Remove(script);
    }

    private sealed record Script(Func<TRequest, bool> Fits, Func<TRequest, string> Answer, Action<Script> Remove) : IDisposable
    {
        public void Dispose() => Remove(this);
    }
}
