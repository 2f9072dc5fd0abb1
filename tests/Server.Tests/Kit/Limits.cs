namespace Server.Tests.Kit;

static class Limits
{
    /// <summary>A test that hangs says where.</summary>
    public static Task DefaultTimeout(this Task task) => task.WaitAsync(TimeSpan.FromSeconds(60));

    public static Task<T> DefaultTimeout<T>(this Task<T> task) => task.WaitAsync(TimeSpan.FromSeconds(60));
}
