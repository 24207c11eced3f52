using System.Collections.Immutable;

namespace FamilyPa.Simulators.OpenAI;

/// <summary>Scripted answers. The newest one that fits is given, until its handle is disposed.</summary>
internal sealed class ScriptedAnswers<TRequest>
{
    private ImmutableList<Script> scripts = [];

    public IDisposable Add(Func<TRequest, bool> fits, Func<TRequest, string> answer)
    {
        var script = new Script(fits, answer, this);
        ImmutableInterlocked.Update(ref scripts, all => all.Insert(0, script));
        return script;
    }

    public string? For(TRequest request) => scripts.Find(script => script.Fits(request))?.Answer(request);

    public void Clear() => scripts = [];

    private sealed record Script(Func<TRequest, bool> Fits, Func<TRequest, string> Answer, ScriptedAnswers<TRequest> Owner) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref Owner.scripts, all => all.Remove(this));
    }
}
