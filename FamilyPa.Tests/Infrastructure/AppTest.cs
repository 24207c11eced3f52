namespace FamilyPa.Tests.Infrastructure;

/// <summary>Base of the tests that run the app: when one fails, the end of the app's log is shown with it.</summary>
public abstract class AppTest<TApp>(TApp app) : IClassFixture<TApp>, IAsyncLifetime
    where TApp : FamilyPaApp
{
    protected TApp App => app;

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result is TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine($"--- the app's log ---{Environment.NewLine}{app.Log}");
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
