using System.Diagnostics;

namespace FamilyPa.FailPoints;

/// <summary>
/// Sees where a crash can matter: before and after everything that a function does outside of its process (a round trip to the database,
/// a request to queues, blobs, Twilio or Azure OpenAI), and where the function begins and ends. It sees them from outside, by the traces that
/// the worker, Npgsql and HttpClient give, so that the app which is killed is the very app that ships.
/// </summary>
internal sealed class Watch(FailPointFiles files)
{
    private const string Worker = "Microsoft.Azure.Functions.Worker";
    private const string Database = "Npgsql";
    private const string Http = "System.Net.Http";
    private const string Property = "fail-point";

    private readonly Death death = new(files);

    public void Begin() => ActivitySource.AddActivityListener(new ActivityListener
    {
        ShouldListenTo = source => source.Name is Worker or Database or Http,
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        ActivityStarted = Started,
        ActivityStopped = Stopped,
    });

    private void Started(Activity activity)
    {
        if (activity.Source.Name == Worker)
        {
            var call = new Call(activity.SpanId.ToHexString(), activity.OperationName.Split(' ')[^1]);
            activity.SetCustomProperty(Property, call);
            Record(call, call.Next(), "begin");
        }
        else if (IsEffect(activity) && CallOf(activity) is { } call)
        {
            // What it is shows only when it is over.
            var ordinal = call.Next();
            activity.SetCustomProperty(Property, ordinal);
            death.Pass(call.Point(ordinal));
        }
    }

    private void Stopped(Activity activity)
    {
        switch (activity.GetCustomProperty(Property))
        {
            case Call function:
                Record(function, function.Next(), "end");
                break;
            case int before when CallOf(activity) is { } call:
                var effect = Effect.Describe(activity);
                files.Write(call.Reached(before, $"before {effect}"));
                Record(call, call.Next(), $"after {effect}{Effect.Failure(activity)}");
                break;
        }
    }

    private void Record(Call call, int ordinal, string what)
    {
        files.Write(call.Reached(ordinal, what));
        death.Pass(call.Point(ordinal));
    }

    /// <summary>To connect changes nothing outside, and happens only now and then.</summary>
    private static bool IsEffect(Activity activity) => !activity.OperationName.StartsWith("CONNECT", StringComparison.Ordinal);

    /// <summary>Null for what no function does, such as the host's own housekeeping.</summary>
    private static Call? CallOf(Activity activity)
    {
        for (var ancestor = activity.Parent; ancestor is not null; ancestor = ancestor.Parent)
            if (ancestor.GetCustomProperty(Property) is Call call)
                return call;
        return null;
    }

    private sealed class Call(string id, string function)
    {
        private int ordinal;

        public int Next() => Interlocked.Increment(ref ordinal);

        public string Point(int at) => Reached(at, "").Point;

        public Reached Reached(int at, string what) => new(id, function, at, what);
    }
}
