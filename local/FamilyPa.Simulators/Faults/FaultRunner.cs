using System.Globalization;
using FamilyPa.Simulators.Hosting;
using Microsoft.AspNetCore.Http;

namespace FamilyPa.Simulators.Faults;

/// <summary>Acts out a fault around an operation. Faults inside the chat answer are left to the operation.</summary>
internal static class FaultRunner
{
    private const string ProxyPage = "<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Something went wrong</h1></body></html>";

    public static async Task RunAsync(HttpContext context, ActiveFault? active, Func<Task<Answer>> run, Func<int, Answer> error)
    {
        switch (active?.Fault)
        {
            case { Kind: FaultKind.Stall }:
                await active.HoldAsync(context.RequestAborted);
                await (await run()).WriteAsync(context.Response);
                break;
            case { Kind: FaultKind.Late }:
                var answer = await run();
                await active.HoldAsync(context.RequestAborted);
                await answer.WriteAsync(context.Response);
                break;
            case { Kind: FaultKind.Cut } cut:
                await CutAsync(context, cut.CutAt, run);
                break;
            case { Kind: FaultKind.Status } status:
                await WithRetryAfter(error(status.StatusCode), status.RetryAfterSeconds).WriteAsync(context.Response);
                break;
            case { Kind: FaultKind.Rubbish } rubbish:
                await (await RubbishAsync(rubbish.RubbishIs, run)).WriteAsync(context.Response);
                break;
            case { Kind: FaultKind.Endless }:
                await (await run()).WriteEndlesslyAsync(context.Response, context.RequestAborted);
                break;
            case { Kind: FaultKind.Length } length:
                await (await run()).WriteDeclaringAsync(context.Response, length.DeclaredLength ?? 0);
                break;
            case { Kind: FaultKind.Drip } drip:
                await (await run()).DripAsync(context.Response, TimeSpan.FromMilliseconds(drip.Milliseconds ?? 100), context.RequestAborted);
                break;
            default:
                await (await run()).WriteAsync(context.Response);
                break;
        }
    }

    private static async Task CutAsync(HttpContext context, CutPoint at, Func<Task<Answer>> run)
    {
        if (at != CutPoint.BeforeEffect)
        {
            var answer = await run();
            if (at == CutPoint.HalfBody)
            {
                await answer.WriteAsync(context.Response, answer.Body.Length / 2);
                await Answer.BreakOffAsync(context.Response);
            }
        }

        context.Abort();
    }

    private static async Task<Answer> RubbishAsync(RubbishKind kind, Func<Task<Answer>> run)
    {
        if (kind == RubbishKind.TruncatedJson)
        {
            var whole = await run();
            return whole with { Body = whole.Body[..(whole.Body.Length / 2)] };
        }

        return kind switch
        {
            RubbishKind.Html => Answer.Text(200, ProxyPage, "text/html; charset=utf-8"),
            RubbishKind.Empty => Answer.Text(200, "", "application/json; charset=utf-8"),
            _ => Answer.Text(200, "upstream says hello", "application/json; charset=utf-8"),
        };
    }

    private static Answer WithRetryAfter(Answer answer, double? seconds)
    {
        if (seconds is not { } wait) return answer;
        // Both services send whole seconds; Azure adds the same in milliseconds, which clients prefer.
        answer.Headers["Retry-After"] = Math.Ceiling(wait).ToString(CultureInfo.InvariantCulture);
        if (answer.Headers.ContainsKey("apim-request-id"))
            answer.Headers["retry-after-ms"] = (wait * 1000).ToString("0", CultureInfo.InvariantCulture);
        return answer;
    }
}
