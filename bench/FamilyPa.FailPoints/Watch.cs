using System.Diagnostics;

namespace FamilyPa.FailPoints;

/// <summary>
/// Finds the fail points: before and after every external effect of a function (a database round trip, or a request to queues, blobs, Twilio or Azure OpenAI),
/// and at the begin and end of the function. It uses the traces of the worker, Npgsql and HttpClient, so the app under test is the shipped app.
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
            // The description is known only when the effect is over.
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

    /// <summary>Excludes connecting, which has no external effect and does not occur in every run.</summary>
    private static bool IsEffect(Activity activity) => !activity.OperationName.StartsWith("CONNECT", StringComparison.Ordinal);

    /// <summary>Null for activities outside of a function, such as the host's own.</summary>
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
