import { serve } from "../_shared/serve.ts";

// alert-list-16
serve(async (request) => {
  const { id } = await request.json();
  return new Response(JSON.stringify({ name: "alert-list-16", id }));
});
